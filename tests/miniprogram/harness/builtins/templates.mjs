// WXML of WeChat's own components. `h-x` stands for the HTML element x; most are only a slot.
const SLOT = '<slot/>'
const ARIA = 'aria-label="{{ariaLabel}}" aria-invalid="{{ariaInvalid}}"'

export const TEMPLATES = {
  view: SLOT,
  text: SLOT,
  label: SLOT,
  button: SLOT,
  navigator: SLOT,
  picker: SLOT,
  form: SLOT,
  'scroll-view': SLOT,
  'radio-group': SLOT,
  'checkbox-group': SLOT,
  'page-meta': SLOT,
  image: '<h-img src="{{src}}" alt="{{ariaLabel}}"/>',
  radio: '<h-input type="radio" checked="{{checked}}" disabled="{{disabled}}" catch:change="changed"/><slot/>',
  checkbox: '<h-input type="checkbox" checked="{{checked}}" disabled="{{disabled}}" catch:change="changed"/><slot/>',
  switch: `<h-input type="checkbox" role="switch" ${ARIA} checked="{{checked}}" disabled="{{disabled}}" catch:change="changed"/>`,
  input: `<h-input class="control" ${ARIA} type="{{password ? 'password' : 'text'}}" inputmode="{{inputMode}}"
    placeholder="{{placeholder}}" disabled="{{disabled}}" maxlength="{{maxlength < 0 ? 99999 : maxlength}}"
    catch:input="typed" catch:focus="focused" catch:blur="blurred" catch:keydown="pressed"/>`,
  textarea: `<h-textarea class="control" ${ARIA} placeholder="{{placeholder}}" disabled="{{disabled}}"
    maxlength="{{maxlength < 0 ? 99999 : maxlength}}" catch:input="typed" catch:focus="focused" catch:blur="blurred"/>`,
}
