/** Dialogs that WeChat draws itself (系统弹窗): a list, a date, a question, a toast. */

/** Resolves with what the pressed button stands for; Escape is null. */
function ask<T>(title: string, fill: (dialog: HTMLDialogElement, close: (value: T) => void) => void): Promise<T | null> {
  return new Promise((resolve) => {
    const dialog = document.createElement('dialog')
    dialog.className = 'wx-sheet'
    dialog.setAttribute('aria-label', title)
    const heading = document.createElement('h2')
    heading.textContent = title
    dialog.append(heading)
    let answer: T | null = null
    fill(dialog, (value) => {
      answer = value
      dialog.close()
    })
    dialog.addEventListener('close', () => {
      dialog.remove()
      resolve(answer)
    })
    document.body.append(dialog)
    dialog.showModal()
  })
}

function button(text: string, press: () => void): HTMLButtonElement {
  const made = document.createElement('button')
  made.textContent = text
  made.onclick = press
  return made
}

export function choose(title: string, labels: string[]): Promise<number | null> {
  return ask<number>(title, (dialog, close) => {
    labels.forEach((label, index) => dialog.append(button(label, () => close(index))))
  })
}

export function enter(title: string, type: string, value: string, min: string, max: string): Promise<string | null> {
  return ask<string>(title, (dialog, close) => {
    const input = document.createElement('input')
    input.setAttribute('aria-label', title)
    Object.assign(input, { type, value, min, max })
    dialog.append(input, button('确定', () => close(input.value)))
  })
}

export function confirm(title: string, text: string, yes: string, no: string): Promise<boolean | null> {
  return ask<boolean>(title, (dialog, close) => {
    const words = document.createElement('p')
    words.textContent = text
    dialog.append(words)
    if (no) dialog.append(button(no, () => close(false)))
    dialog.append(button(yes, () => close(true)))
  })
}

export function showToast(text: string, milliseconds: number): void {
  hideToast()
  const toast = document.createElement('div')
  toast.className = 'wx-toast'
  toast.setAttribute('role', 'status')
  toast.textContent = text
  document.body.append(toast)
  if (milliseconds) setTimeout(() => toast.remove(), milliseconds)
}

export function hideToast(): void {
  document.querySelectorAll('.wx-toast').forEach((toast) => toast.remove())
}
