export { compileRelease } from './compile-release'
