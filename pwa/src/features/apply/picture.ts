/** Photos from phones are far larger than anyone needs to read a paper: made smaller before upload. */

const ENOUGH = 2_000_000
const LONGEST_SIDE = 2600

export async function lighter(file: File): Promise<File> {
  if (!/^image\/(jpeg|png|webp|heic|heif)$/.test(file.type) || file.size <= ENOUGH) return file
  try {
    const picture = await createImageBitmap(file)
    const share = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height))
    const canvas = document.createElement('canvas')
    canvas.width = Math.round(picture.width * share)
    canvas.height = Math.round(picture.height * share)
    canvas.getContext('2d')!.drawImage(picture, 0, 0, canvas.width, canvas.height)
    picture.close()
    const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/jpeg', 0.86))
    if (!blob || blob.size >= file.size) return file
    return new File([blob], file.name.replace(/\.\w+$/, '') + '.jpg', { type: 'image/jpeg' })
  } catch {
    return file // the browser can not read this kind; the server decides
  }
}

export function acceptable(file: File, accept: string[], maxBytes: number): '' | 'type' | 'size' | 'empty' {
  if (!file.size) return 'empty'
  const fits = accept.some((one) => (one.endsWith('/*') ? file.type.startsWith(one.slice(0, -1)) : file.type === one))
  if (!fits) return 'type'
  return file.size > maxBytes ? 'size' : ''
}

export function weight(bytes: number): string {
  return bytes >= 1024 ** 2 ? `${Number((bytes / 1024 ** 2).toFixed(1))} MB` : `${Math.max(1, Math.round(bytes / 1e3))} KB`
}
