/**
 * The names in a TypeScript function's source that give something else another time, or reach outside: the clock,
 * chance, I/O. As text tells: a name in a string counts too.
 */
export function impureNames(source: string): readonly string[] {
  return [...new Set([...source.matchAll(impure)].map(([name]) => name.replace(/\s*\($/, '()').replace(/\s+/g, ' ')))]
}

const impure =
  /\bDate\.now\b|\bnew Date\s*\(\s*\)|\bMath\.random\b|\bperformance\.now\b|\bcrypto\.\w+|\bfetch\s*\(|\bset(?:Timeout|Interval|Immediate)\b|\bprocess\.\w+|\b(?:read|write)File(?:Sync)?\b|\bXMLHttpRequest\b|\bWebSocket\b|\bimport\s*\(|\brequire\s*\(/g
