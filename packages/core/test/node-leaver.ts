// A process that ends by itself, or waits for a signal. Started by node.test.ts.
import { createNodePorts } from '@omokit/core/node'

const [dir = '', mode] = process.argv.slice(2)
const ports = createNodePorts({ brand: 'demo', dir })
ports.timer.after(60_000, () => {})
ports.life.onHide(() => process.stdout.write('hidden '))
if (mode === 'wait') setInterval(() => {}, 1000)
process.stdout.write('up ')
