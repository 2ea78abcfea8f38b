export {
  createRandom,
  createReferenceAuthority,
  createReferenceHub,
  createWorld,
  drawFaults,
  noFaults,
  sliceFacts,
  watchCommands,
  watchFacts,
  WorldError,
} from './world'
export type {
  Attempt,
  CounterView,
  DeviceSetup,
  Exchange,
  FactsWitness,
  Faults,
  HoldState,
  HubView,
  Outcome,
  Random,
  ReferenceAuthority,
  ReferenceAuthorityOptions,
  ReferenceHub,
  ReferenceHubOptions,
  SendListener,
  StreamView,
  World,
  WorldContext,
  WorldDevice,
  WorldOptions,
  WorldServer,
} from './world'
export { contracts } from './contracts/contracts'
export { contractAnswer } from './contracts/contract-answer'
export type { ContractAnswer, ContractRequest } from './contracts/contract-answer'
export type { ContractCase, PortHarness } from './contracts/harness'
