/** Lanczos' approximation with g = 7 and nine terms. */
const coefficients = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
]

export function gamma(x: number): number {
  if (Number.isNaN(x) || x === Infinity) return x
  if (x === -Infinity) return Number.NaN
  if (Number.isInteger(x)) {
    if (x <= 0) return x === 0 && !Object.is(x, -0) ? Infinity : x === 0 ? -Infinity : Number.NaN
    if (x <= 171) {
      let product = 1
      for (let i = 2; i < x; i++) product *= i
      return product
    }
    return Infinity
  }
  if (x < 0.5) return Math.PI / (Math.sin(Math.PI * x) * gamma(1 - x))
  const { sum, t } = lanczos(x - 1)
  return Math.sqrt(2 * Math.PI) * t ** (x - 0.5) * Math.exp(-t) * sum
}

export function lgamma(x: number): number {
  if (Number.isNaN(x)) return x
  if (!Number.isFinite(x)) return Infinity
  if (Number.isInteger(x)) {
    if (x <= 0) return Infinity
    if (x <= 2) return 0
    if (x <= 171) return Math.log(gamma(x))
  }
  if (x < 0.5) return Math.log(Math.PI / Math.abs(Math.sin(Math.PI * x))) - lgamma(1 - x)
  const { sum, t } = lanczos(x - 1)
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(sum)
}

function lanczos(z: number): { readonly sum: number; readonly t: number } {
  let sum = coefficients[0] ?? 0
  for (let i = 1; i < coefficients.length; i++) sum += (coefficients[i] ?? 0) / (z + i)
  return { sum, t: z + 7.5 }
}
