/** Filling in and handing in (填写与提交). New application: `?item=`; correction: also `&number=`. */
import { redraw } from '../../../forms/answers'
import type { FieldType } from '../../../forms/model'
import type { SectionView } from '../../../forms/view'
import { call } from '../../../services/api'
import { comfort } from '../../../services/comfort'
import type { SaveState } from '../../../services/drafts'
import { openSignIn, replaceWithCase } from '../../../services/go'
import { once } from '../../../services/keys'
import { toProblem, type Problem } from '../../../services/problem'
import { current, signedIn } from '../../../services/session'
import type { Case, CorrectionItem, Draft } from '../../../services/types'
import type { DeclarationView, MaterialView } from './filling'
import { lookAgain, openApplication, openCorrection, unanswered, type Opened } from './opening'
import { handIn, pickFile, takePhoto } from './papers'

type Tap<T extends object> = WechatMiniprogram.TouchEvent<object, object, T>
type FieldEvent = WechatMiniprogram.CustomEvent<{ key: string; type: FieldType; said: string | string[] }>
type PaperEvent = WechatMiniprogram.CustomEvent<{ code: string; id: string }>

const SAVE_TEXT: Record<SaveState, string> = {
  idle: '内容会自动保存',
  saving: '正在保存…',
  saved: '已自动保存',
  offline: '暂时没有网络，已保存在本机',
  'signed-out': '登录已过期，已保存在本机',
  refused: '已保存在本机',
}

/** How often and how long apart the registers are looked at again after opening, in ms. */
const LOOKS = 6
const LOOK_MS = 1200

Page({
  data: {
    ...comfort(),
    item: '',
    number: '',
    title: '',
    lead: '',
    asked: [] as CorrectionItem[],
    sections: [] as SectionView[],
    materials: [] as MaterialView[],
    declarations: [] as DeclarationView[],
    ready: false,
    busy: false,
    needSignIn: false,
    mistakes: 0,
    saveText: SAVE_TEXT.idle,
    problem: null as Problem | null,
  },

  opened: null as Opened | null,

  /** Whose form is open; somebody else may sign in on this phone meanwhile. */
  owner: '' as string | null | undefined,

  /** What is unsent goes out as soon as there is a network again. */
  connected: (_: { isConnected: boolean }): void => undefined,

  onLoad({ item = '', number = '' }) {
    this.setData({ item, number })
    this.connected = ({ isConnected }) => {
      if (isConnected) void this.opened?.saver.flush()
    }
    wx.onNetworkStatusChange(this.connected)
  },

  async onShow() {
    this.setData(comfort())
    await getApp<IAppOption>().started
    this.setData({ needSignIn: !signedIn() })
    if (this.data.needSignIn) return
    if (this.opened && this.owner === current()?.owner) await this.opened.saver.flush()
    else await this.open()
  },

  onHide() {
    void this.opened?.saver.flush()
  },

  onUnload() {
    const { opened } = this
    this.opened = null
    // the typings forget that the listener takes the same argument here
    wx.offNetworkStatusChange(this.connected as () => void)
    void opened?.saver.flush()
  },

  async open() {
    const { item, number } = this.data
    this.opened = null
    this.owner = current()?.owner
    try {
      const opened = number ? await openCorrection(item, number) : await openApplication(item, this.listener())
      this.opened = opened
      this.setData({
        title: opened.filling.form.title,
        lead: leadOf(opened),
        asked: opened.correction?.items ?? [],
        ready: true,
        problem: null,
        ...(opened.recovered ? { saveText: '已恢复上次没保存完的内容' } : {}),
      })
      this.draw()
      if (!number && unanswered(opened.application)) void this.await(opened)
    } catch (fault) {
      const problem = toProblem(fault)
      this.setData({ problem, needSignIn: problem.signedOut })
    }
  },

  /** Registers answer in the background (资料调取中); the form fills up while it is open. */
  async await(opened: Opened) {
    this.setData({ lead: '正在调取您的资料，请稍等…' })
    let application = opened.application
    for (let look = 0; look < LOOKS && this.opened === opened && unanswered(application); look += 1) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
      application = await lookAgain(this.data.item).catch(() => application)
      opened.filling.learn(application)
      if (this.opened === opened) this.draw()
    }
    opened.application = application
    if (this.opened === opened) this.setData({ lead: leadOf(opened) })
  },

  listener() {
    return {
      state: (state: SaveState, problem: Problem | null) =>
        this.setData({ saveText: SAVE_TEXT[state], needSignIn: state === 'signed-out', problem }),
      conflict: async (theirs: Draft) => {
        const { confirm } = await wx.showModal({
          title: '这份申请在别处改过',
          content: '您在另一台设备上也填过这份申请。要用哪一份？',
          confirmText: '用这里的',
          cancelText: '用那边的',
        })
        if (!confirm && this.opened) {
          this.opened.filling.values = theirs.values
          this.opened.filling.attachments = theirs.materials
          this.draw()
        }
        return confirm ? ('mine' as const) : ('theirs' as const)
      },
    }
  },

  draw() {
    const { filling } = this.opened!
    const [sections, materials, declarations] = [filling.sections(), filling.materials(), filling.declarations()]
    const fields = sections.flatMap((section) => [section, ...section.rows.flatMap((row) => row.fields)])
    const mistakes = [...fields, ...materials, ...declarations].filter((part) => part.error).length
    this.setData({ ...redraw(this.data.sections, sections), materials, declarations, mistakes })
  },

  /** After anything the person did: draw it, keep it. */
  changed() {
    const { filling, saver } = this.opened!
    this.draw()
    saver.change(filling.values, filling.attachments)
  },

  answered(event: FieldEvent) {
    const { key, type, said } = event.detail
    this.opened!.filling.answer(key, type, said)
    this.changed()
  },

  edit(event: FieldEvent) {
    this.opened!.filling.edit(event.detail.key)
    this.draw()
  },

  addRow(event: Tap<{ section: string }>) {
    this.opened!.filling.addRow(event.currentTarget.dataset.section)
    this.changed()
  },

  async removeRow(event: Tap<{ section: string; index: number; title: string }>) {
    const { section, index, title } = event.currentTarget.dataset
    const { confirm } = await wx.showModal({ title: `删除${title}？`, content: '这一组填写的内容会删掉。' })
    if (!confirm) return
    this.opened!.filling.removeRow(section, index)
    this.changed()
  },

  declare(event: WechatMiniprogram.CustomEvent<{ value: string[] }>) {
    this.opened!.filling.declare(event.detail.value)
    this.draw()
  },

  photo(event: PaperEvent) {
    void this.addPaper(event.detail.code, takePhoto)
  },

  file(event: PaperEvent) {
    void this.addPaper(event.detail.code, pickFile)
  },

  async addPaper(code: string, choose: typeof takePhoto) {
    const material = this.data.materials.find((one) => one.code === code)
    const chosen = await choose()
    if (!chosen || !material) return
    void wx.showLoading({ title: '正在上传', mask: true })
    try {
      this.opened!.filling.attach(code, await handIn(chosen, material.type, material.name))
      this.setData({ problem: null })
      this.changed()
    } catch (fault) {
      this.fail(toProblem(fault))
    } finally {
      void wx.hideLoading()
    }
  },

  usePaper(event: PaperEvent) {
    this.opened!.filling.attach(event.detail.code, event.detail.id)
    this.changed()
  },

  dropPaper(event: PaperEvent) {
    this.opened!.filling.detach(event.detail.code, event.detail.id)
    this.changed()
  },

  async submit() {
    const { filling, saver } = this.opened!
    if (this.data.busy) return
    if (filling.check()) return this.showMistakes()
    this.setData({ busy: true, problem: null })
    try {
      const done = await this.send()
      saver.finish()
      void replaceWithCase(done.number)
    } catch (fault) {
      this.fail(toProblem(fault))
    } finally {
      this.setData({ busy: false })
    }
  },

  /** One case however often the button is pressed or the answer is lost. */
  async send(): Promise<Case> {
    const { item, number } = this.data
    const { filling, saver } = this.opened!
    const { values, materials, ...rest } = filling.submission()
    if (number) {
      return once(`correction:${number}`, (key) =>
        call<Case>('POST', `/api/cases/${number}/correction`, { key, body: { values, materials } }))
    }
    await saver.flush()
    return once(`case:${item}`, (key) =>
      call<Case>('POST', '/api/cases', { key, body: { ...rest, values, materials } }))
  },

  fail(problem: Problem) {
    this.setData({ problem, needSignIn: problem.signedOut })
    if (problem.errors.length) {
      this.opened!.filling.blame(problem.errors)
      this.showMistakes()
    }
  },

  showMistakes() {
    const first = this.opened!.filling.firstMistake()
    this.draw()
    if (first) void wx.pageScrollTo({ selector: `#${first}`, offsetTop: -16, duration: 200 })
  },

  signIn() {
    void openSignIn()
  },
})

function leadOf(opened: Opened): string {
  if (opened.correction) return ''
  const { prefilled, fields, waived } = opened.application.summary
  const papers = waived ? `，免交 ${waived} 份材料` : ''
  return prefilled ? `已帮您填好 ${prefilled} 项，还有 ${fields - prefilled} 项请您看看${papers}。` : ''
}
