export { compileRelease, ruleRows } from './compile-release'
