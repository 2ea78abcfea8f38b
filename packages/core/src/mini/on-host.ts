/** Registers with a host whose `off` takes the same function, and may be missing on old clients. */
export function onHost<L extends (...args: never[]) => void>(
  add: ((listener: L) => void) | undefined,
  remove: ((listener: () => void) => void) | undefined,
  listener: L,
): () => void {
  let on = true
  const guarded = ((...args: never[]) => {
    if (on) listener(...args)
  }) as L
  if (add) add(guarded)
  return () => {
    if (on && remove) remove(guarded as unknown as () => void)
    on = false
  }
}
