import type { MiniHost } from '../mini/mini-host'
import { onHost } from '../mini/on-host'
import type { My, MyOutcome } from './my'

/** `my` as a mini-program host. It calls `fail` for an HTTP error status, and may answer a failed storage call instead of throwing. */
export function myHost(my: My): MiniHost {
  const keys = (): readonly string[] => {
    const info = my.getStorageInfoSync()
    if (!info || !info.keys) throw faultOf(info)
    return info.keys
  }
  /** An answer that says it failed, about a key that is there: taken for "absent" it would begin the stream anew. */
  const failed = (outcome: MyOutcome | undefined, key: string): boolean => !!outcome && !!outcome.error && keys().indexOf(key) >= 0
  return {
    self: my,
    read(key) {
      const found = my.getStorageSync({ key })
      if (failed(found, key)) throw faultOf(found)
      return found && typeof found.data === 'string' && found.data ? found.data : undefined
    },
    write(key, data) {
      const outcome = my.setStorageSync({ key, data })
      if (outcome && outcome.error) throw faultOf(outcome)
    },
    remove(key) {
      const outcome = my.removeStorageSync({ key })
      if (failed(outcome, key)) throw faultOf(outcome)
    },
    keys,
    request({ url, method, headers, body, timeoutMs }, done) {
      const task = my.request({
        url,
        method,
        headers: { ...headers },
        dataType: 'text',
        timeout: timeoutMs,
        ...(body !== undefined && { data: body }),
        success: ({ status, headers, data }) => done({ status, headers, data }),
        fail: ({ error, errorMessage, status, headers, data }) =>
          done(Number(status) >= 100 ? { status, headers, data } : { fault: `${error} ${errorMessage}`, timeout: error === 13 }),
      }) as { abort?(): void } | undefined
      return () => task && task.abort && task.abort()
    },
    on(event, listener) {
      const plain = (): void => listener(true)
      const { onAppHide, offAppHide, onAppShow, offAppShow, onMemoryWarning, offMemoryWarning, onNetworkStatusChange, offNetworkStatusChange } = my
      if (event === 'network')
        return onHost(onNetworkStatusChange, offNetworkStatusChange, ({ isConnected }: { readonly isConnected: boolean }) => listener(isConnected))
      if (event === 'hide') return onHost(onAppHide, offAppHide, plain)
      return event === 'show' ? onHost(onAppShow, offAppShow, plain) : onHost(onMemoryWarning, offMemoryWarning, plain)
    },
    language: () => (my.getAppBaseInfo ? my.getAppBaseInfo().language : undefined),
  }
}

/** What a failed storage call answered, as an error. */
const faultOf = (outcome: MyOutcome | undefined): Error =>
  new Error((outcome && (outcome.errorMessage || (outcome.error && 'error ' + outcome.error))) || 'no answer from storage')
