import { StreamdownError } from '../../errors/error.ts'
import type { Drafted } from '../types/brand.ts'
export interface ExplainOptions { readonly format?: 'tree' | 'mermaid' }
export function sqlOf(_relation: Drafted): string { throw new StreamdownError('DSD5006', 'toSQL') }
