/** What the adapter uses of `wx`: checked against `miniprogram-api-typings`. Douyin's `tt` is taken to be the same. */
export interface Wx {
  setStorageSync(key: string, data: string): void
  getStorageSync(key: string): unknown
  removeStorageSync(key: string): void
  getStorageInfoSync(): { readonly keys: string[] }
  request(option: {
    url: string
    method: 'GET' | 'POST' | 'PUT' | 'DELETE'
    header: Record<string, string>
    data?: string
    dataType: string
    timeout: number
    success(answer: { readonly statusCode: number | string; readonly header: object; readonly data: unknown }): void
    fail(error: { readonly errMsg: string }): void
  }): { abort(): void } | undefined
  /** Base library 2.15.0. */
  getRandomValues?(option: { length: number; success(answer: { readonly randomValues: ArrayBuffer }): void; fail(): void }): void
  /** Base library 2.32.3. */
  getPrivacySetting?(option: { success(answer: { readonly needAuthorization: boolean; readonly privacyContractName: string }): void; fail(): void }): void
  onAppHide?(listener: () => void): void
  offAppHide?(listener: () => void): void
  onAppShow?(listener: () => void): void
  offAppShow?(listener: () => void): void
  onNetworkStatusChange?(listener: (state: { readonly isConnected: boolean }) => void): void
  offNetworkStatusChange?(listener: () => void): void
  onMemoryWarning?(listener: () => void): void
  offMemoryWarning?(listener: () => void): void
  /** Base library 2.20.1. */
  getAppBaseInfo?(): { readonly language: string }
}
