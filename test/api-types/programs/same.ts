/** Compiles only where both types are the same. */
export type Same<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : { readonly is: A; readonly wanted: B }

/** Says so, where a program is checked. */
export const same = <_ extends true>(): void => undefined

export type RowOf<S> = S extends { readonly '~row': infer R } ? { [K in keyof R]: R[K] } : never
export type KeyOf<S> = S extends { readonly '~key': infer K } ? K : never
export type ModeOf<S> = S extends { readonly '~mode': infer M } ? M : never
