export { createCommands } from './create-commands'
export type {
  BatchedCommand,
  CommandAnswers,
  CommandBatchRequest,
  CommandBatchResponse,
  CommandPayloads,
  CommandRequest,
  Commands,
  CommandsOptions,
  JournalledCommand,
  Occasion,
  Operation,
  Right,
} from './commands'
