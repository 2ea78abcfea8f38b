export { botOf } from './bot-of'
export type { BotKind, BotSigns } from './bot-of'
export { createBots } from './create-bots'
export type { BotOptions } from './create-bots'
