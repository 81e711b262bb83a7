import { types } from '../../types/data-type.ts'
import { definer, inline, js } from '../define.ts'
import type { ScalarFunction } from '../definition.ts'
import { asNumber } from '../values.ts'
import { direct, real } from './shared.ts'

const define = definer('math')
const { double } = types

/** Degrees whose sine is exact are answered exactly, as PostgreSQL does. */
const sinDegrees = (x: number): number => {
  const turn = ((x % 360) + 360) % 360
  const exact = exactSines[turn]
  return exact ?? Math.sin((turn * Math.PI) / 180)
}

const exactSines: Readonly<Record<number, number>> = {
  0: 0,
  30: 0.5,
  90: 1,
  150: 0.5,
  180: 0,
  210: -0.5,
  270: -1,
  330: -0.5,
}

const exactTangents: Readonly<Record<number, number>> = {
  0: 0,
  45: 1,
  90: Infinity,
  135: -1,
  180: 0,
  225: 1,
  270: -Infinity,
  315: -1,
}

const tanDegrees = (x: number): number => {
  const turn = ((x % 360) + 360) % 360
  const exact = exactTangents[turn]
  return exact ?? Math.tan((turn * Math.PI) / 180)
}

/** Angles in radians and degrees. */
export const trigonometryFunctions: readonly ScalarFunction[] = [
  direct('sin', 'The sine.', 'SIN(0)', '0'),
  direct('cos', 'The cosine.', 'COS(0)', '1'),
  direct('tan', 'The tangent.', 'TAN(0)', '0'),
  direct('sinh', 'The hyperbolic sine.', 'SINH(0)', '0'),
  direct('cosh', 'The hyperbolic cosine.', 'COSH(0)', '1'),
  direct('tanh', 'The hyperbolic tangent.', 'TANH(0)', '0'),
  direct('atan', 'The inverse tangent.', 'ATAN(0)', '0'),
  define(
    'atan2',
    'The angle of a point from its y and x.',
    [['ATAN2(0, 1)', '0']],
    [inline(['double', 'double'], double)],
  ),
  real('asin', 'The inverse sine; NaN outside of -1 to 1.', 'ASIN(0)', '0', Math.asin),
  real('acos', 'The inverse cosine; NaN outside of -1 to 1.', 'ACOS(1)', '0', Math.acos),
  real('cot', 'The cotangent.', 'ROUND(COT(1), 4)', '0.6421', x => 1 / Math.tan(x)),
  real('sec', 'The secant.', 'ROUND(SEC(1), 4)', '1.8508', x => 1 / Math.cos(x)),
  real('csc', 'The cosecant.', 'ROUND(CSC(1), 4)', '1.1884', x => 1 / Math.sin(x)),
  real('sech', 'The hyperbolic secant.', 'ROUND(SECH(1), 4)', '0.6481', x => 1 / Math.cosh(x)),
  real('csch', 'The hyperbolic cosecant.', 'ROUND(CSCH(1), 4)', '0.8509', x => 1 / Math.sinh(x)),
  real('asinh', 'The inverse hyperbolic sine.', 'ASINH(0)', '0', Math.asinh),
  real('acosh', 'The inverse hyperbolic cosine; NaN below 1.', 'ACOSH(1)', '0', Math.acosh),
  real('atanh', 'The inverse hyperbolic tangent; NaN outside of -1 to 1.', 'ATANH(0)', '0', Math.atanh),
  real('coth', 'The hyperbolic cotangent.', 'ROUND(COTH(1), 4)', '1.313', x => 1 / Math.tanh(x)),
  real('sind', 'The sine of degrees.', 'SIND(30)', '0.5', sinDegrees),
  real('cosd', 'The cosine of degrees.', 'COSD(60)', '0.5', x => sinDegrees(x + 90)),
  real('tand', 'The tangent of degrees.', 'TAND(45)', '1', tanDegrees),
  real('cotd', 'The cotangent of degrees.', 'COTD(45)', '1', x => 1 / tanDegrees(x)),
  real('asind', 'The inverse sine, in degrees.', 'ASIND(0.5)', '30', x =>
    x === 0.5 ? 30 : x === -0.5 ? -30 : (Math.asin(x) * 180) / Math.PI,
  ),
  real('acosd', 'The inverse cosine, in degrees.', 'ACOSD(0.5)', '60', x =>
    x === 0.5 ? 60 : x === -0.5 ? 120 : (Math.acos(x) * 180) / Math.PI,
  ),
  real('atand', 'The inverse tangent, in degrees.', 'ATAND(1)', '45', x =>
    Math.abs(x) === 1 ? x * 45 : (Math.atan(x) * 180) / Math.PI,
  ),
  define(
    'atan2d',
    'The angle of a point from its y and x, in degrees.',
    [['ATAN2D(1, 1)', '45']],
    [js(['double', 'double'], double, args => (Math.atan2(asNumber(args[0]), asNumber(args[1])) * 180) / Math.PI)],
  ),
  direct('degrees', 'Radians as degrees.', 'DEGREES(PI())', '180'),
  direct('radians', 'Degrees as radians.', 'RADIANS(0)', '0'),
  define('pi', 'The number pi.', [['ROUND(PI(), 4)', '3.1416']], [js([], double, () => Math.PI)]),
]
