/** What the error numbers of kernels/text-values.ts mean; `expected` names the column's type. */
export function problemText(
  error: number,
  place: { column?: string; expected?: string; at: number },
  maxRecordBytes: number,
): string {
  const column = place.column === undefined ? '' : `column "${place.column}": `
  const expected = place.expected ?? 'a value of another type'
  switch (error) {
    case 2:
      return `${column}invalid UTF-8 at byte ${place.at}`
    case 3:
      return `${column}lone surrogate at byte ${place.at}`
    case 4:
      return place.column === undefined
        ? 'the record is not a JSON object'
        : `${column}expected ${expected} at byte ${place.at}`
    case 5:
      return `${column}value out of range for ${expected} at byte ${place.at}`
    case 6:
      return `${column}NULL or missing, but the column is NOT NULL`
    case 7:
      return `record longer than ${maxRecordBytes} bytes`
    case 8:
      return `nested too deeply at byte ${place.at}`
    case 9:
      return `${column}bad escape at byte ${place.at}`
    case 10:
      return `${column}not a ${expected} at byte ${place.at}`
    case 11:
      return `${column}control character in a string at byte ${place.at}`
    case 12:
      return `${column}missing, and fail-on-missing-field is set`
    case 13:
      return `record ends too early at byte ${place.at}`
    case 14:
      return `the record has another number of fields than the table, at byte ${place.at}`
    case 15:
      return `${column}quote where none may be, at byte ${place.at}`
    default:
      return `malformed at byte ${place.at}`
  }
}
