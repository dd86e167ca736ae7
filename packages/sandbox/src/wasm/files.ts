import { Directory, Fd, File, type Inode, OpenDirectory, OpenFile, wasi } from '@bjorn3/browser_wasi_shim'

/**
 * The file system of one run: a directory in memory, gone with the run. It holds the program's files, which are
 * read-only, and what the program writes beside them. Bounded, because it lives in our process and not in the
 * program's own memory.
 */
const MAX_BYTES = 64 * 1_048_576
const MAX_ENTRIES = 4_096
const MAX_OPEN = 256
const MAX_PATH = 1_024

interface Quota {
  bytes: number
  entries: number
  open: number
}

/** The root directory, as the descriptor a program begins with. `onOpen` hears the path of everything that is opened. */
export function rootOf(files: Record<string, Uint8Array>, onOpen: (path: string) => void): Fd {
  const entries = Object.entries(files).map(([name, data]): [string, Inode] => [name, new File(data, { readonly: true })])
  return new Root(new Directory(entries), { bytes: 0, entries: 0, open: 0 }, onOpen)
}

class BoxFile extends OpenFile {
  readonly quota: Quota
  constructor(file: File, quota: Quota) {
    super(file)
    this.quota = quota
  }
  override fd_write(data: Uint8Array) {
    return this.#admit(this.file_pos + BigInt(data.length)) ? super.fd_write(data) : { ret: wasi.ERRNO_NOSPC, nwritten: 0 }
  }
  override fd_pwrite(data: Uint8Array, offset: bigint) {
    return this.#admit(offset + BigInt(data.length)) ? super.fd_pwrite(data, offset) : { ret: wasi.ERRNO_NOSPC, nwritten: 0 }
  }
  override fd_allocate(offset: bigint, length: bigint) {
    return this.#admit(offset + length) ? super.fd_allocate(offset, length) : wasi.ERRNO_NOSPC
  }
  override fd_filestat_set_size(size: bigint) {
    if (this.file.readonly) return wasi.ERRNO_BADF
    if (!this.#admit(size)) return wasi.ERRNO_NOSPC
    if (size < this.file.size) this.quota.bytes -= Number(this.file.size - size)
    return super.fd_filestat_set_size(size)
  }
  override fd_close() {
    this.quota.open--
    return super.fd_close()
  }
  /** Makes room for the file to reach this size and counts the growth; false where there is no more room. */
  #admit(size: bigint): boolean {
    if (this.file.readonly) return true
    const growth = size - this.file.size
    if (growth <= 0n) return true
    if (growth > BigInt(MAX_BYTES - this.quota.bytes)) return false
    this.quota.bytes += Number(growth)
    this.file.data = grown(this.file.data, Number(size))
    return true
  }
}

/** The same bytes and zeros behind them, in a buffer that at least doubles when it is full: the shim's would be copied at every write. */
function grown(data: Uint8Array, size: number): Uint8Array {
  if (data.byteOffset === 0 && size <= data.buffer.byteLength) return new Uint8Array(data.buffer, 0, size)
  const larger = new Uint8Array(Math.max(size, 2 * data.length))
  larger.set(data)
  return larger.subarray(0, size)
}

class BoxDirectory extends OpenDirectory {
  readonly quota: Quota
  constructor(dir: Directory, quota: Quota) {
    super(dir)
    this.quota = quota
  }
  override fd_close() {
    this.quota.open--
    return super.fd_close()
  }
  override path_open(
    dirflags: number,
    path: string,
    oflags: number,
    rights: bigint,
    inheriting: bigint,
    flags: number,
  ): { ret: number; fd_obj: Fd | null } {
    if (path.length > MAX_PATH) return { ret: wasi.ERRNO_NAMETOOLONG, fd_obj: null }
    if (this.quota.open >= MAX_OPEN) return { ret: wasi.ERRNO_MFILE, fd_obj: null }
    const before = this.path_lookup(path, dirflags).inode_obj
    const isNew = before === null && (oflags & wasi.OFLAGS_CREAT) !== 0
    if (isNew && this.quota.entries >= MAX_ENTRIES) return { ret: wasi.ERRNO_NOSPC, fd_obj: null }
    const size = before instanceof File ? before.size : 0n
    const opened = super.path_open(dirflags, path, oflags, rights, inheriting, flags)
    if (opened.fd_obj === null) return opened
    if (isNew) this.quota.entries++
    this.quota.open++
    if (opened.fd_obj instanceof OpenDirectory) return { ret: opened.ret, fd_obj: new BoxDirectory(opened.fd_obj.dir, this.quota) }
    if (!(opened.fd_obj instanceof OpenFile)) return { ret: wasi.ERRNO_NOTSUP, fd_obj: null }
    const { file, file_pos } = opened.fd_obj
    // Opening may have emptied the file.
    if (file.size < size) this.quota.bytes -= Number(size)
    const bounded = new BoxFile(file, this.quota)
    bounded.file_pos = file_pos
    return { ret: opened.ret, fd_obj: bounded }
  }
  override path_create_directory(path: string): number {
    const made = this.path_open(0, path, wasi.OFLAGS_CREAT | wasi.OFLAGS_DIRECTORY | wasi.OFLAGS_EXCL, 0n, 0n, 0)
    if (made.fd_obj !== null) this.quota.open--
    return made.ret
  }
  override path_link(path: string, inode: Inode, allow_dir: boolean): number {
    if (path.length > MAX_PATH) return wasi.ERRNO_NAMETOOLONG
    if (this.quota.entries >= MAX_ENTRIES) return wasi.ERRNO_NOSPC
    const ret = super.path_link(path, inode, allow_dir)
    if (ret === wasi.ERRNO_SUCCESS) this.quota.entries++
    return ret
  }
  override path_unlink(path: string) {
    const unlinked = super.path_unlink(path)
    if (unlinked.inode_obj !== null) this.quota.entries--
    return unlinked
  }
  // The bytes of a removed file stay counted: it may still be open.
  override path_unlink_file(path: string): number {
    const ret = super.path_unlink_file(path)
    if (ret === wasi.ERRNO_SUCCESS) this.quota.entries--
    return ret
  }
  override path_remove_directory(path: string): number {
    const ret = super.path_remove_directory(path)
    if (ret === wasi.ERRNO_SUCCESS) this.quota.entries--
    return ret
  }
}

class Root extends BoxDirectory {
  readonly onOpen: (path: string) => void
  constructor(dir: Directory, quota: Quota, onOpen: (path: string) => void) {
    super(dir, quota)
    this.onOpen = onOpen
  }
  override fd_prestat_get() {
    return { ret: wasi.ERRNO_SUCCESS, prestat: wasi.Prestat.dir('/') }
  }
  override path_open(dirflags: number, path: string, oflags: number, rights: bigint, inheriting: bigint, flags: number) {
    this.onOpen(path)
    return super.path_open(dirflags, path, oflags, rights, inheriting, flags)
  }
}

/** Where a program prints: told apart from a terminal, so that interpreters buffer. */
export class Printer extends Fd {
  readonly print: (data: Uint8Array) => void
  constructor(print: (data: Uint8Array) => void) {
    super()
    this.print = print
  }
  override fd_fdstat_get() {
    return { ret: wasi.ERRNO_SUCCESS, fdstat: new wasi.Fdstat(wasi.FILETYPE_SOCKET_STREAM, 0) }
  }
  override fd_filestat_get() {
    return { ret: wasi.ERRNO_SUCCESS, filestat: new wasi.Filestat(0n, wasi.FILETYPE_SOCKET_STREAM, 0n) }
  }
  override fd_write(data: Uint8Array) {
    this.print(data)
    return { ret: wasi.ERRNO_SUCCESS, nwritten: data.length }
  }
}

/** What a program reads: a file, so that it may also seek. */
export const readerOf = (data: Uint8Array): Fd => new OpenFile(new File(data, { readonly: true }))
