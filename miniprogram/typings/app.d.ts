interface IAppOption {
  started: Promise<void>
}
