/** Choosing and opening files (文件): the browser's own file chooser stands for camera and album. */
import { interfaces, type Options } from './define'
import { requirePrivacy } from './identity'

const files = new Map<string, File>()

/** Keeps a file under a temporary path, as WeChat does. */
export function keep(file: File): string {
  const path = `wxfile://tmp_${files.size + 1}_${file.name}`
  files.set(path, file)
  return path
}

export function blobOf(path: string): File {
  const file = files.get(path)
  if (!file) throw new Error(`file not found ${path}`)
  return file
}

function browse(accept: string): Promise<File> {
  return new Promise((resolve, reject) => {
    const input = document.createElement('input')
    Object.assign(input, { type: 'file', accept, hidden: true })
    input.onchange = () => (input.files![0] ? resolve(input.files![0]) : reject(new Error('cancel')))
    input.oncancel = () => reject(new Error('cancel'))
    document.body.append(input)
    input.click()
    input.remove()
  })
}

export const fileInterfaces = interfaces({
  async chooseMedia() {
    await requirePrivacy()
    const file = await browse('image/*')
    return { type: 'image', tempFiles: [{ tempFilePath: keep(file), size: file.size, fileType: 'image' }] }
  },
  async chooseMessageFile({ extension }: Options) {
    await requirePrivacy()
    const file = await browse((extension as string[]).map((one) => `.${one}`).join())
    return { tempFiles: [{ path: keep(file), name: file.name, size: file.size }] }
  },
  previewImage: ({ urls }: Options) => void blobOf(urls[0]),
  openDocument: ({ filePath }: Options) => void blobOf(filePath),
})
