/** Taking and handing in papers (上传材料): camera, album, or a file from a chat. */
import { upload } from '../../../services/api'
import { newKey } from '../../../services/keys'
import type { Document } from '../../../services/types'

interface Paper {
  path: string
  name: string
}

/** Null when the person changed their mind or refused the privacy question. */
export async function takePhoto(): Promise<Paper | null> {
  return new Promise((resolve) => {
    wx.chooseMedia({
      count: 1,
      mediaType: ['image'],
      sourceType: ['album', 'camera'],
      sizeType: ['compressed'],
      success: ({ tempFiles }) => resolve(paper(tempFiles[0]?.tempFilePath)),
      fail: () => resolve(null),
    })
  })
}

export async function pickFile(): Promise<Paper | null> {
  return new Promise((resolve) => {
    wx.chooseMessageFile({
      count: 1,
      type: 'file',
      extension: ['pdf', 'jpg', 'jpeg', 'png'],
      success: ({ tempFiles }) => resolve(paper(tempFiles[0]?.path, tempFiles[0]?.name)),
      fail: () => resolve(null),
    })
  })
}

function paper(path?: string, name?: string): Paper | null {
  return path ? { path, name: name ?? '' } : null
}

/** Hands in one paper; a lost answer is repeated once with the same key. Raises Problem. */
export async function handIn(chosen: Paper, type: string, name: string): Promise<Document> {
  const key = newKey()
  const fields = { material_type: type, name: chosen.name || name }
  try {
    return await upload<Document>('/api/documents', chosen.path, fields, key)
  } catch (fault) {
    if ((fault as { settled?: boolean }).settled) throw fault
    return upload<Document>('/api/documents', chosen.path, fields, key)
  }
}
