import { shop, straight, asBook } from './rules-shop'
import { quote } from '@omokit/rules'
import { seal } from '@omokit/rules/seal'
const instant = Date.UTC(2026, 10, 22, 4)
const slice = (run: () => number): number => { const c0 = process.cpuUsage(); const end = performance.now() + 120; let n = 0; while (performance.now() < end) for (let i = 0; i < 8; i++, n++) run(); const c = process.cpuUsage(c0); return n / ((c.user + c.system) / 1e6) }
for (const n of [10,100,1000]) {
  const made = shop(n); const { book, basket } = asBook(made)
  const ours = () => { const a = quote(book, basket, instant); if (!a.ok) throw 1; return a.value.totals.total }
  const theirs = () => straight(made.lines, made.promotions)
  if (ours() !== theirs()) console.log('DIFF', ours(), theirs())
  const r: number[] = []; let x = 0, y = 0
  for (let i = 0; i < 15; i++) { const a = slice(ours), b = slice(theirs); r.push(a/b); x=Math.max(x,a); y=Math.max(y,b) }
  r.sort((x,y)=>y-x)
  const q = quote(book, basket, instant); if (!q.ok) throw 1
  console.log(n, 'ours', Math.round(x), 'naive', Math.round(y), 'ratio', r[7]!.toFixed(2), 'applied', q.value.applied.length, 'mods', q.value.lines.reduce((s,l)=>s+l.modifiers.length,0), 'total', ours(), 'sealtext', seal(q.value).text.length)
}
