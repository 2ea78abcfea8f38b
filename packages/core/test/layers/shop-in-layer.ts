import { createClock } from '@omokit/core'
import type { Issue } from '@omokit/core'
import { createAlipayPorts } from '@omokit/core/alipay'
import { createOutbox } from '@omokit/core/outbox'
import type { Outbox } from '@omokit/core/outbox'
import { createWechatPorts } from '@omokit/core/wechat'

/** What runs inside a layer: the outbox of one brand. */
export function openOutbox(host: 'wechat' | 'alipay', brand: string, onIssue: (issue: Issue) => void): Outbox {
  const ports = host === 'wechat' ? createWechatPorts({ brand }) : createAlipayPorts({ brand })
  const outbox = createOutbox({ ports, clock: createClock({ time: ports.time, kv: ports.kv }), hub: 'https://hub', key: 'pk_test_' + brand, onIssue })
  outbox.start()
  return outbox
}
