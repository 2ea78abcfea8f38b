import { same } from './claim'
import type { ContractCase } from './harness'

/** Contract of the `life` port. */
export const lifeContract: readonly ContractCase[] = [
  {
    name: 'tells of hide, show and network until taken off',
    async run({ open, world }) {
      const ports = open()
      const heard: string[] = []
      const offs = [
        ports.life.onHide(() => heard.push('hide')),
        ports.life.onShow(() => heard.push('show')),
        ports.life.onOnline((online) => heard.push(online ? 'online' : 'offline')),
      ]
      if (world) {
        await world.hide(ports)
        await world.show(ports)
        await world.online(ports, false)
        await world.online(ports, true)
        same(heard, ['hide', 'show', 'offline', 'online'], 'heard')
      }
      offs.forEach((off) => off())
      offs.forEach((off) => off())
      if (!world) return
      await world.hide(ports)
      await world.show(ports)
      await world.online(ports, false)
      await world.online(ports, true)
      same(heard.length, 4, 'nothing after taking off')
    },
  },
]
