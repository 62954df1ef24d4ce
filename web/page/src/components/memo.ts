import { Component, createElement, type FunctionComponent, type VNode } from 'preact';

/** A component that is drawn again only when `isSame` says no; the five lines of preact/compat that the page needs. */
export function memo<Props extends object>(
  drawn: FunctionComponent<Props>,
  isSame: (before: Props, after: Props) => boolean,
): FunctionComponent<Props> {
  class Memo extends Component<Props> {
    override shouldComponentUpdate(next: Props): boolean {
      return !isSame(this.props, next);
    }
    override render(): VNode {
      return createElement(drawn as unknown as FunctionComponent, this.props as object);
    }
  }
  return Memo as unknown as FunctionComponent<Props>;
}
