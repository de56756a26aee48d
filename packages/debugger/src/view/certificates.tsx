/** Certificates of the token and of the key: what they say, and whether they belong where they stand. */

import { type CertificateChain, type ChainLink, localTime, textOf, visibleText } from "@jotkit/inspect"
import type { JSX } from "preact"
import { chains } from "../state/beside.ts"
import { zone } from "../state/settings.ts"
import { catalogue, fill, locale, words } from "../words/words.ts"
import { Fold } from "./fold.tsx"
import { Mark } from "./mark.tsx"

/** The panel of the certificates. */
export function Certificates(): JSX.Element | null {
  const { certificate: texts } = words.value
  const all = chains.value ?? []
  const [leaf] = all[0]?.links ?? []
  if (leaf === undefined) return null
  return (
    <Fold id="certificates" title={texts.title} note={visibleText(leaf.certificate?.subject ?? texts.unreadable)}>
      <p class="hint">{texts.untrusted}</p>
      {all.map((chain, index) => (
        <Chain key={index} chain={chain} />
      ))}
    </Fold>
  )
}

function Chain({ chain: { from, links, checks } }: { readonly chain: CertificateChain }): JSX.Element {
  const { certificate: texts } = words.value
  return (
    <>
      <h3>{texts[`from_${from}`]}</h3>
      <ul class="marked">
        {checks.map(({ name, status }) => (
          <li key={name} data-check={name} data-status={status}>
            <Mark name={status} />
            <span>
              {name === "key" ? texts.key : fill(texts.hash, name)}
              {status !== "pass" && <Answer status={status} />}
            </span>
          </li>
        ))}
      </ul>
      {links.map((link, index) => (
        <Link key={index} link={link} />
      ))}
    </>
  )
}

/** The status in words. */
function Answer({ status }: { readonly status: "fail" | "not_checked" | "cannot_check" }): JSX.Element {
  return <span class="faint">{` (${textOf(catalogue.value, "status", status)})`}</span>
}

function Link({ link: { certificate, time } }: { readonly link: ChainLink }): JSX.Element {
  const { certificate: texts } = words.value
  if (certificate === undefined || time === undefined) return <p class="field-error">{texts.unreadable}</p>
  const { subject, issuer, notBefore, notAfter, alternativeNames, serialNumber } = certificate
  const mark = time === "valid" ? "pass" : "spent"
  return (
    <dl class="facts">
      <dt>{texts.subject}</dt>
      <dd>{visibleText(subject)}</dd>
      <dt>{texts.issuer}</dt>
      <dd>{visibleText(issuer)}</dd>
      <dt>{texts.validity}</dt>
      <dd>
        {dated(notBefore)} – {dated(notAfter)}{" "}
        <span data-mark={mark}>
          <Mark name={mark} /> {texts[time]}
        </span>
      </dd>
      {alternativeNames.length > 0 && <dt>{texts.names}</dt>}
      {alternativeNames.length > 0 && <dd>{visibleText(alternativeNames.slice(0, 50).join(", "))}</dd>}
      <dt>{texts.serial}</dt>
      <dd class="code">{serialNumber}</dd>
    </dl>
  )
}

function dated(seconds: number): string {
  const timeZone = zone.value ?? Intl.DateTimeFormat().resolvedOptions().timeZone
  return localTime(seconds, { locale: locale.value, timeZone }) ?? ""
}
