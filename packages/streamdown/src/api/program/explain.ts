import type { Drafted } from '../types/brand.ts'
import type { ExplainOptions } from './sql-of.ts'
export async function explainRelation(_r: Drafted, _o: ExplainOptions | undefined): Promise<string> { return '' }
