/** The topics of help in Traditional Chinese. */

import type { Topics } from "../frame/topics.ts"

/** The topics in Traditional Chinese. */
export const topicsZhHant: Topics = {
  keys: `金鑰與密鑰

--key 接受一個 SRC，可以重複。SRC 是

  檔案、@檔案      JWK、金鑰集、PEM、DER、OpenSSH 或憑證，加密與否皆可；由內容判斷，不看檔名
  fd:N             shell 已開啟的描述元
  prompt           在終端機詢問，不顯示輸入
  -                標準輸入
  env:名稱         環境變數
  https://…        您輸入的網址上的金鑰、金鑰集或 PEM；http 只限本機
  issuer:https://… 簽發者的探索文件所說的金鑰位置
  {"kty":…}        直接寫出的 JWK 或金鑰集

密鑰（HS256、HS384、HS512、dir、A256KW……）另有旗標，各以密鑰所在之處命名：--secret-file、--secret-fd、--secret-prompt、--secret-env，以及直接寫出文字的 --secret。--secret-encoding 說明文字的編碼；不做猜測。通行片語與密碼絕不直接寫出：請用 @檔案、env:名稱、fd:N、- 或 prompt。

該放在哪裡，由最好的開始：

  1. 檔案或描述元   由系統決定誰能讀檔案，其他程式看不到內容
  2. 當場輸入       除了記憶體，哪裡都不會有；但必須有人在場
  3. 標準輸入       其他程式看不到；但寫出它的指令可能被看到
  4. 環境變數       從這裡啟動的程式都會繼承，當機報告也常把它印出來
  5. 引數           這台機器上的程式都看得到，shell 還會寫進歷史紀錄

因此 jot 會警告 --secret，寫成 "$變數" 也一樣：別人看到的是它的值。--allow-argv-secrets 可關閉警告。

演算法來自金鑰或 --alg，絕不取自權杖；權杖標頭裡的金鑰也永遠不算驗證通過：--trust-embedded 只供教學嘗試。公開金鑰、憑證與 PEM 文字都不能當成密鑰。含私密金鑰的檔案寫出後只有擁有者能讀。`,
  time: `時間與時間長度

TIME（--exp、--nbf、--iat、--at）是

  now、never                    never：可以沒有時間之處
  +1h、-90s、+1d12h、+2w        從現在算起：s、m（分鐘）、h、d、w
  P1DT2H、P1M                   ISO 8601；月與年依曆法計算
  2030-01-31T12:00:00Z          時刻（RFC 3339）
  2030-01-31                    UTC 的零時
  @1700000000、1700000000       自 1970 年起的秒數

DURATION（--leeway、--max-age、--max-lifetime）是 90s、1h30m、2w、PT15M，或秒數。

可能有兩種解讀的寫法都會拒絕：該寫時刻卻沒有 + 或 - 的長度、不用 ISO 8601 的月與年，以及十三位數的毫秒。

--at TIME 以那個時間來判斷、簽署與說明；--at env:SOURCE_DATE_EPOCH 取自環境變數，供可重現的建置使用。--leeway 是時鐘可以相差多少：預設不容許，最多十分鐘。exp 等於現在就已到期。

答案裡時間寫在宣告旁邊：JSON 絕不更改宣告，只加上 times。`,
  "exit-codes": `結束狀態

結束狀態表示答案的種類；用 --json 時，code 就是同一個詞。

{exit}

判斷多個權杖的指令以最嚴重的種類結束：依序是 input、key、signature、claims、negative。

  jot verify --key jwks.json --aud api "@token.txt" > claims.json
  case $? in
    0) echo "claims.json 可以信任" ;;
    5) echo "是真的，但已過期，或不是給我們的" ;;
    *) echo "不可信任" ;;
  esac`,
  safety: `怎麼做才安全

decode 與 inspect 顯示權杖所說的內容。任何人都可能寫出那些內容：只有 verify 能判斷是否成立，而且全部成立才會印出內容。

jot 不會把任何東西送出去。它只連線到您輸入的網址；權杖所指的位置，只有主機經您以 --discover 指名才會詢問。--offline 全部禁止。它不讀設定檔、不留下任何東西，只寫入您指名的檔案。

除非您要求的正是那些，否則輸出絕不含密鑰、私密金鑰或整個權杖。私密金鑰不會顯示在終端機上，含私密金鑰的檔案只有擁有者能讀。權杖的內容無法操控終端機。

未簽署的權杖（alg none）無法驗證。太短的密鑰不能用來簽署，其他地方則會警告。驗證權杖時只接受金鑰或 --alg 所允許的演算法。

權杖在到期之前都能使用。請不要貼到網頁、聊天室與問題回報裡；jot scan 可找出遺留在檔案裡的權杖，找到的都應該撤銷。

以減號開頭的權杖或檔案要寫在 -- 後面：jot decode -- -x。`,
  recipes: `常用做法

讀取權杖：

  jot TOKEN
  jot decode --get /sub TOKEN

驗證權杖，再使用其內容：

  jot verify --key https://issuer.example/jwks.json --iss https://issuer.example --aud api TOKEN
  jot verify --key jwks.json --get /sub "@token.txt"

找出不成立的原因：

  jot diagnose --secret-file secret.txt --alg HS256 TOKEN

產生金鑰、公開的金鑰集，以及測試用的權杖：

  jot key generate --alg ES256 --kid thumbprint --out private.jwk
  jot jwks build private.jwk --out jwks.json
  jot sign --key private.jwk --sub alice --aud api --exp +15m
  jot fixtures --key private.jwk --policy policy.json --out fixtures

更改權杖的一個宣告，再重新簽署：

  jot decode --json "@token.txt" | jot sign --from-json - --key private.jwk --claim role=admin

權杖有問題，或原始碼裡有權杖，就停止建置：

  jot lint --fail-on warning --format github "@token.txt"
  jot scan .

讓受測的伺服器拿到有問題的金鑰：

  jot jwks serve private.jwk --fault wrong-kid`,
  environment: `環境變數

{environment}

旗標優先於變數：--color 優先於 NO_COLOR 與 FORCE_COLOR，--lang 優先於系統語言。含金鑰或密鑰的變數，只有指令列指名時才會讀取（env:名稱、--secret-env 名稱）。`,
}
