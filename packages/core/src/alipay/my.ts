/** What the adapter uses of `my`: checked against `@mini-types/alipay`. */
export interface My {
  setStorageSync(option: { key: string; data: string }): MyOutcome
  getStorageSync(option: { key: string }): MyOutcome & { readonly data: unknown }
  removeStorageSync(option: { key: string }): MyOutcome
  getStorageInfoSync(): MyOutcome & { readonly keys: string[] }
  request(option: {
    url: string
    method: 'GET' | 'POST' | 'PUT' | 'DELETE'
    headers: Record<string, string>
    data?: string
    dataType: 'text'
    timeout: number
    success(answer: MyAnswer): void
    fail(error: MyFault): void
  }): unknown
  onAppHide?(listener: () => void): void
  offAppHide?(listener: () => void): void
  onAppShow?(listener: () => void): void
  offAppShow?(listener: () => void): void
  onNetworkStatusChange?(listener: (state: { readonly isConnected: boolean }) => void): void
  offNetworkStatusChange?(listener: (state: { readonly isConnected: boolean }) => void): void
  onMemoryWarning?(listener: () => void): void
  offMemoryWarning?(listener: () => void): void
  getAppBaseInfo?(): { readonly language: string }
}

/** A storage call that failed answers with an error instead of throwing. */
export interface MyOutcome {
  readonly success?: boolean
  readonly error?: number
  readonly errorMessage?: string
}

export interface MyAnswer {
  readonly status?: number
  readonly headers?: object
  readonly data?: unknown
}

/** 19 is an answer with an error status; it comes with the answer on the clients that pass it on. */
export interface MyFault extends MyAnswer {
  readonly error?: number
  readonly errorMessage?: string
}
