// Files in Parquet, behind one import: a program without them does not load the library.
export { ParquetFile, ParquetReader } from './parquet-reader.ts'
export { columnsOfParquet, parquetSchemaOf } from './parquet-schema.ts'
