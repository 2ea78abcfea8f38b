import { PGlite } from '@electric-sql/pglite'
import { openStore } from './src/index'
const cpu = () => process.cpuUsage().user/1000
const t = async (n: string, f: () => Promise<unknown>) => { const a=performance.now(), c=cpu(); const r = await f(); console.log(n, (performance.now()-a).toFixed(0), 'cpu', (cpu()-c).toFixed(0)); return r }
const p = await t('create', () => PGlite.create()) as PGlite
const d = await t('dump', () => p.dumpDataDir('none')) as Blob
console.log(d.size)
await t('load', () => PGlite.create({ loadDataDir: d }))
await t('openStore', () => openStore({ pglite: {} }))
await t('openStore', () => openStore({ pglite: {} }))
