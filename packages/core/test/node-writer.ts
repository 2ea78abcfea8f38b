// A process to be killed: appends for ever, drops now and then, and says what was acknowledged. Started by node.test.ts.
import { createNodePorts } from '@omokit/core/node'

const [dir = '', first = '1'] = process.argv.slice(2)
const ports = createNodePorts({ brand: 'demo', dir })
const log = ports.log.open('s')
let next = Number(first)
const text = 'x'.repeat(300)

async function writer(): Promise<void> {
  for (;;) {
    const mine = next
    next += 2
    await log.append(mine, [`${mine} ${text}`, `${mine + 1} 再买 12.00 元`])
    process.stdout.write(`a${mine + 1}\n`)
  }
}

void ports.locks.hold('held', async () => {
  process.stdout.write('held\n')
  for (let i = 0; i < 20; i++) void writer()
  await new Promise(() => {})
})
