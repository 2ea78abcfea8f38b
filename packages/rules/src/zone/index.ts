export { zoneTransitions } from './zone-transitions'
