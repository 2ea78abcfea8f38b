/**
 * A script that takes away what came after ES2017 (Chromium 61, iOS 11): the floor omokit promises. It runs inside the
 * context, before any other code.
 */
export const withoutLaterBuiltIns: string = `(function (global) {
  var later = {
    '': 'BigInt BigInt64Array BigUint64Array WeakRef FinalizationRegistry AggregateError Iterator SuppressedError DisposableStack AsyncDisposableStack Float16Array',
    Object: 'fromEntries hasOwn groupBy', Map: 'groupBy', Promise: 'allSettled any withResolvers try', Symbol: 'asyncIterator matchAll dispose asyncDispose',
    Array: 'fromAsync', Atomics: 'waitAsync pause',
    'Array.prototype': 'flat flatMap at findLast findLastIndex toReversed toSorted toSpliced with',
    'String.prototype': 'trimStart trimEnd trimLeft trimRight matchAll replaceAll at isWellFormed toWellFormed',
    'Promise.prototype': 'finally', 'Symbol.prototype': 'description', 'RegExp.prototype': 'dotAll hasIndices unicodeSets',
    'ArrayBuffer.prototype': 'resize resizable maxByteLength transfer transferToFixedLength detached',
    'Set.prototype': 'union intersection difference symmetricDifference isSubsetOf isSupersetOf isDisjointFrom',
  }
  Object.keys(later).forEach(function (path) {
    var holder = path.split('.').reduce(function (from, name) { return from && name ? from[name] : from }, global)
    if (holder) later[path].split(' ').forEach(function (name) { delete holder[name] })
  })
  var typed = Object.getPrototypeOf(Uint8Array.prototype)
  'at findLast findLastIndex toReversed toSorted with'.split(' ').forEach(function (name) { delete typed[name] })
})(this)`
