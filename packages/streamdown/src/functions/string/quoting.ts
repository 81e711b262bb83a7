/** A text as a SQL string; with a backslash in it as an escape string, as PostgreSQL writes it. */
export function quotedText(text: string): string {
  const doubled = text.replaceAll("'", "''")
  return doubled.includes('\\') ? `E'${doubled.replaceAll('\\', '\\\\')}'` : `'${doubled}'`
}

/** A text as a SQL name: quoted where it has to be. */
export const quotedName = (text: string): string =>
  /^[a-z_][a-z0-9_$]*$/.test(text) ? text : `"${text.replaceAll('"', '""')}"`
