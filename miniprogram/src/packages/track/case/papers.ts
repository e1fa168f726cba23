/** Showing papers (查看文件): fetched with the person's token, opened by WeChat, never kept. */
import { address, headers } from '../../../services/api'
import { asProblem, OFFLINE } from '../../../services/problem'
import type { Document } from '../../../services/types'

/** Raises Problem. */
export async function openDocument(document: Document): Promise<void> {
  const path = await fetched(document)
  if (document.content_type.startsWith('image/')) {
    await wx.previewImage({ urls: [path] })
  } else {
    await wx.openDocument({ filePath: path, fileType: 'pdf' })
  }
}

function fetched(document: Document): Promise<string> {
  return new Promise((resolve, reject) => {
    wx.downloadFile({
      url: address(`/api/documents/${document.id}/content`),
      header: headers(),
      success: ({ statusCode, tempFilePath }) =>
        statusCode === 200 ? resolve(tempFilePath) : reject(asProblem(statusCode, null)),
      fail: () => reject(OFFLINE),
    })
  })
}
