/** Loaded before everything else (`node --import`): plants the fault that DSD_FAULT names. */
import { registerHooks } from 'node:module'
import { faults } from './faults.ts'
import { planted } from './planted.ts'

const fault = faults.find(({ name }) => name === process.env.DSD_FAULT)
if (fault === undefined) throw new RangeError(`there is no fault "${process.env.DSD_FAULT}"`)
registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context)
    if (!url.endsWith(`/packages/streamdown/src/${fault.file}`)) return loaded
    const { source } = loaded
    return { ...loaded, source: planted(fault, typeof source === 'string' ? source : new TextDecoder().decode(source)) }
  },
})
