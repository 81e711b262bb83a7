// What a plan needs once it is run, collected or explained, behind one import: a module that only builds plans loads none
// of the engine.
export { collectRows, followChanges, followRows } from './collect.ts'
export { explainRelation } from './explain.ts'
export { startProgram } from './start.ts'
