/**
 * 1,000 words that people write: the 700 most frequent of the English in our dependencies' documentation, and 300 in some forty other
 * languages. Two of them make a key, so there are 1,000,000.
 */
export const WORDS: readonly string[] = `
about above absolute accepts access accessible according across actual actually add added addition additional address adds advanced
after against algorithm align all allow allows alongside already also alt always and another any app application applications applies
apply approach are argument arguments around array associated auto automatically available avoid await back bar based basic because been
before behavior being below benchmark benchmarks best better between binary block body boolean both branch browser browsers bug bugs
build building built bundle bundled bundler but bytes cache caching call callback called calling calls can cannot case cases cause
center certain change changes character check checking checks choose chunk class classes client close code codecov color combined
command comment comments common community compare comparison compatibility compatible compiler complete completely component components
config configuration configure configured connection consider constructor consume contain containing contains content contents context
contribute contributing contributors control convert copy core correctly corresponding could create created creating current currently
custom dark data date debug debugging declare default defaults define defined definitions dependencies dependency described design
designed detailed details detect detection dev development differences different directly directory disable disabled div docs document
documentation does doesn don done down download downloads due during each easier either element else empty enable enabled end ensure
ensures entire entries entry environment environments equal equivalent err error errors esbuild even event events every everything exact
exactly example examples except exception exist existing expect expected explicit explicitly export exported exports exposed expressions
extended extends extension external fails fallback false family fast faster feature features few file filename files final find first
flag flags flat follow following follows foo for force form format formatting found framework free from full fully function functions
generate generated generates generating generator get give given giving global globally good guide gzipped handle handler handles
handling has have header headers height hello help helper here high host how however href html http identifier ignored img immediately
implement implementation import important imported imports improve include included includes including index individual info information
inline input inside install installed installing instance instead interface into invalid issues its just keep keeps key keys know label
language large last later latest length less let lets level libraries library license licensed light like limit line lines list load
loading local location log logo longer look main major make makes making manually many map mapping maps master match matches matching
may means media memory message messages method methods might migrate minimal mode modern module modules more most much multiple must
name named names native necessary need needed needs nested never new next node none not nothing now null number numbers object objects
once one only open operations option optional options order original other otherwise our out output over overhead own package parameter
parse parsed parser parsing part parts pass passed passing path paths pattern per perform performance place please plugin pnpm popular
port position possible prefer prefix present prevent previous prior problem process production project properties property provide
provided provides providing query range rather raw read received recommend recommended reduce refer reference regex regular relative
release releases remaining remote remove removed replace replacement repo representation request requests require required requires
resolution resolve response result results return returned returning returns right root rules run running runs runtime safe same schema
script second section security see send separate server set setting setup several share shared should similar simple simply since single
size small smaller software some something source spec special specific specification specified specify speed standard start started
starting state static status step still stream strict string strings style such summary support supported supports sure syntax system
systems table take takes target test testing tests text than that the their them then there these they third this those through throw
time times together too tool tools top true try two type types typescript undefined under underlying unless update updated url usage use
used useful user users uses using usually utilities utility valid validation value values var variables version versions very via want
was way web website well were what when where whether which while white who whole why width will with within without work workflow
working works world would wrapped write written yarn yet you your zero adresă aralığı aşağıdakılar baýt bitməlidir bölünebilmel být bẹ
chuỗi começar các daxilində durată dátum eilutė emoĝio entrée formátu følgende giriş gồm hợp ilgesnė invalidă için kartynyň khớp ključi
klúče kończyć kıymet là lệ mať mieć mã mít mûteberler một nişânı násobkem nömrəsi númer obdrženo olmalıdır očakávaná očekáváno pašto
poçta príliš příliš reikšmė régulière sayısı się syöte sé tanınamadı thời trvání tími tömb unión vacío veľká værdi wartości wynosić
započinjati znaków Çok Óþekkt àmọ éléments ìbáwọlé úmer Đầu įvestis şablonuna število Άγνωστ ένα διάρκεια ημερομηνία κλειδί μεγάλο
ξεκινά στο τιμή Грешана Калид Невалидно Неправильне Нераспознанн Рақами адпавядаць анҷом байт бајти бошад бути валюты вклучува вредноста
входные голем дані дискриминато діапазон елементи завршува започнува значэнне интизор клуч кодиран кредитна лік малы мерафт намунаи
нодурусти одгоара опција очаква павінен получен працягласць рақами санаи символа ставки сімвал тривалість формати что що элементов ёбад
Չափազանց արժույթի էլ լինի հասցե միջակայք նշաններ պարունակի տարր քարտի ארוך גדול המתאימות זמן ים להכיל לכתובות מחרוזת מפה פחות קובץ ריק
תווים آر أحد إيموجي ارزښت ال النمط ای ایموجي ایکس بایت بريد بمعيار بیس بەهای تكون تھے حرف دانە دەبێت رقم سره شدہ شو عناوين غير له متن
مدى معرف موصول مەودای ناسمه نووسین های هەیە وقت وی يجب ٹائم په پیٹرن چەند ژمارە کارت کریډیټ کوچنی کۆتاییبێت گزینه یە अपर इम कल नम बह षर
অচ ইনপ এর তর লত અક આઇટમ એક ચલણ બર સમ இன எண கப டத பட றப ಅಮ ಇವ ಗಳ ಬಹ ಳಬ ಸಲ ควรเป นจำนวนท ประเภทข มากกว ลงต วย สำหร อความต องลงท อยกว ายด
เรย โมจ არასწორი დან ელემენტი ვალუტის ის მთავრდებოდეს მოსალოდნელია უნდა შეიცავდეს ខប ចប ណន នត មដ យម លប វត សយដ ọjọ で終わる必要があります ります バイト
中有無效的鍵值 位址 内の無効なキー 大きすぎる値 小さすぎる値 必須為 應為 数组 无效 日期時間 無効な入力 無效的字串 番号 結尾 网段 輸入 項目 기간 문자 번호 신용카드 이메일 인코딩 잘못된 타입은
`
  .trim()
  .split(/\s+/);
