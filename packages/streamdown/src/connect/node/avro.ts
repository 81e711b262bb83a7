// Files in Avro, behind one import: a program without them does not load the codecs.
export { columnsOfAvro } from '../../formats/avro-schema.ts'
export { AvroReader, readAvroHeader } from './avro-reader.ts'
