export {
  createRandom, createReferenceHub, createWorld, drawFaults, noFaults, sliceFacts, watchFacts, WorldError,
} from './world'
export type {
  Attempt, DeviceSetup, Exchange, FactsWitness, Faults, HubView, Random, ReferenceHub, ReferenceHubOptions, StreamView, World, WorldContext, WorldDevice,
  WorldOptions, WorldServer,
} from './world'
