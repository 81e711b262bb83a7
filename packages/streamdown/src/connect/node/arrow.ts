// Files in Arrow's IPC format, behind one import: a program without them does not load the library.
export { ArrowReader, columnsOfArrow } from './arrow-reader.ts'
