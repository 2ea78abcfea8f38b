export { channelRoi } from './channel-roi'
export type { ChannelRoi, ChannelSpend } from './channel-roi'
export type { Issue, IssueCode, Refusal, Result } from '../result'
