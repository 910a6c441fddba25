// Made by `bacap protocol` from web/wire.py, web/bodies.py and web/answers.py; not to be edited.

export interface Acknowledge {
  kind: "acknowledge";
}

export interface ActRow {
  seq: number;
  at: number;
  kind: string;
  actor: string;
  about: string;
  body: Record<string, any>;
  hash: string;
}

export interface AddItem {
  kind: "add-item";
  item: string;
  title: string;
  minutes?: number;
  rapporteur?: string;
  question?: string;
  closed?: boolean;
}

export interface AddressPaper {
  kind: "address-paper";
  paper: string;
  readers: Array<string> | null;
}

export interface Agent {
  id: string;
  person: string;
  name: string;
  made: number;
  seen: number;
}

export interface AgentSelf {
  person: string;
  name: string;
  agent: string;
  certificates: Array<string>;
}

export interface Annex {
  unit: string;
  year: number;
  kind: string;
  number: number;
  position: number;
  id: string;
  name: string;
  file: string;
}

export interface Answer {
  choice: string;
  comment: string;
  at: number;
}

export interface AnswerAbsence {
  kind: "answer-absence";
  person: string;
  granted: boolean;
}

export interface AnswerComment {
  kind: "answer-comment";
  comment: string;
  taken: boolean;
  text?: string;
}

export interface AnswerPaperComment {
  kind: "answer-paper-comment";
  comment: string;
  taken: boolean;
  text?: string;
}

export interface ApproveAgenda {
  kind: "approve-agenda";
}

export interface ApproveMinutes {
  kind: "approve-minutes";
  version: number;
}

export interface ArchiveTerm {
  term: string;
}

export interface Arrival {
  id: string;
  sender: string;
  symbol: string;
  dated: string;
  kind: string;
  about: string;
  urgency?: "" | "express" | "urgent" | "very-urgent";
  handler?: string;
  due?: string;
}

export interface AskCodes {
  kind: "ask-codes";
  on: boolean;
}

export interface AskFloor {
  kind: "ask-floor";
  order?: boolean;
}

export interface AskWallCode {
  type: "ask-wall-code";
  id: string;
  sitting: string;
}

export interface AttendancePart {
  seats: Array<SeatPart>;
  present: number;
  entitled: number;
  needed: number;
  quorate: boolean;
  codes: boolean;
}

export interface BallotPart {
  id: string;
  item: string;
  question: string;
  opened_at: number;
  way: "open" | "roll-call" | "secret";
  options: Array<string>;
  codes: Array<string>;
  seats: number;
  step: "closed" | "open" | "voided";
  held: boolean;
  changeable: boolean;
  electorate: number;
  cast: number;
  voted: Array<string>;
  called: string;
  passed: Array<string>;
  by_hand: Array<string>;
  absent: number;
  votes: Record<string, Array<string>>;
  result: Result | null;
  voided: string;
  reason: string;
}

export interface BeginSignature {
  field: string;
  based_on: string;
}

export interface CalledRow {
  sitting: SittingRow;
  unit: string;
  step: string;
}

export interface Cancel {
  kind: "cancel";
  reason: string;
}

export interface CancelVote {
  kind: "cancel-vote";
  ballot: string;
  reason: string;
}

export interface Card {
  name: string;
  honorific: string;
  office: string;
  unit: string;
}

export interface Cast {
  kind: "cast";
  ballot: string;
  choices: Array<string>;
}

export interface CastSecretly {
  kind: "cast-secretly";
  ballot: string;
  marks: string;
}

export interface CertificateFile {
  file: string;
}

export interface CertificateRequest {
  pem: string;
}

export interface CertificateRow {
  use: string;
  subject: string;
  begins: number;
  ends: number;
  fingerprint: string;
}

export interface ChangeItem {
  kind: "change-item";
  item: string;
  title: string;
  minutes?: number;
  rapporteur?: string;
  question?: string;
  closed?: boolean;
}

export interface ChangeNote {
  kind: "change-note";
  note: string;
  text: string;
}

export interface Check {
  camera: "busy" | "dark" | "good" | "none" | "refused";
  height: number;
  microphone: "busy" | "good" | "none" | "refused" | "silent" | "unheard";
  level: number;
  link: "none" | "tcp" | "udp";
  up_kbit: number;
  up_loss: number;
  down_kbit: number;
  down_loss: number;
  whole: boolean;
  rtt: number;
  clock_ms: number;
  trusted: boolean;
}

export interface CheckIn {
  kind: "check-in";
  person?: string;
  site?: string;
  code?: string;
}

export interface CheckMade {
  check: Check;
  line?: "1.5M" | "256k" | "512k" | "64k" | "full" | "send-only";
  at?: number;
}

export interface CheckOut {
  kind: "check-out";
  person?: string;
}

export interface Checked {
  state: string;
  reason: string;
  signatures: Array<Signature>;
  stamps: Array<Stamp>;
  revisions: Array<Revision>;
  until: number;
  sha256: string;
  journal: string;
  symbol: string;
  subject: string;
  agency: string;
  lines?: Array<string>;
  digest?: string;
}

export interface Checkpoint {
  stream: string;
  seq: number;
  hash: string;
  at: number;
  key: string;
  signature: string;
}

export interface ChooseLine {
  kind: "choose-line";
  site: string;
  line: "1.5M" | "256k" | "512k" | "64k" | "full" | "send-only";
}

export interface Circulate {
  kind: "circulate";
  people: Array<string>;
}

export interface Close {
  kind: "close";
}

export interface CloseSideRoom {
  kind: "close-side-room";
  room: string;
}

export interface CloseVote {
  kind: "close-vote";
  ballot: string;
}

export interface Code {
  code: string;
}

export interface Comment {
  id: string;
  person: string;
  version: number;
  line: number;
  text: string;
  at: number;
  taken?: boolean | null;
  answer?: string;
}

export interface CommentOnPaper {
  kind: "comment-on-paper";
  comment: string;
  paper: string;
  sha256: string;
  page: number;
  text: string;
  quote?: string;
}

export interface Conclude {
  kind: "conclude";
  item: string;
  text: string;
}

export interface Confirmed {
  password: string;
}

export interface Contact {
  cut: boolean;
  now: number;
  keeps: Record<string, Array<string>>;
}

export interface ConvenedPart {
  unit: string;
  through: string;
  step: string;
  people: number;
}

export interface CopyRow {
  sitting: string;
  title: string;
  taken: number;
  until: number;
}

export interface Decision {
  at: number;
  ballot: string;
  present: Array<string>;
  papers: Array<string>;
}

export interface DemoSignIn {
  person: string;
}

export interface Desk {
  sittings: Array<SittingRow>;
  waiting: Array<Waiting>;
  called: Array<CalledRow>;
  notices: Array<NoticeRow>;
  opinions: Array<OpinionWaiting>;
  tasks: Array<TaskRow>;
}

export interface DetachPaper {
  kind: "detach-paper";
  paper: string;
}

export interface Device {
  endpoint: string;
  p256dh: string;
  auth: string;
}

export interface DeviceAddress {
  endpoint: string;
}

export interface DeviceMine {
  mine: boolean;
}

export interface Do {
  type: "do";
  id: string;
  sitting: string;
  seen: number;
  command: Uninvite | AddItem | ChangeItem | MoveItem | RemoveItem | AddressPaper | DetachPaper | WatermarkPaper | HandOutPaper | RecallPaper | CommentOnPaper | WithdrawPaperComment | AnswerPaperComment | SubmitAgenda | WithdrawAgenda | ApproveAgenda | ReturnAgenda | Reply | AnswerAbsence | Remind | Cancel | RingSites | ReportCheck | Open | CheckIn | CheckOut | AskCodes | HandOver | Suspend | Resume | OpenSideRoom | CloseSideRoom | OpenItem | ShowPage | AskFloor | WithdrawFloor | GiveFloor | ExtendFloor | EndFloor | LimitSpeeches | OrderQueue | OpenVote | Cast | RecordVote | PassVoter | CastSecretly | CloseVote | CancelVote | ReleaseResults | Conclude | Say | TakeNote | ChangeNote | Close | ChooseLine | StartRecording | StopRecording | OpenComments | MakeComment | AnswerComment | ApproveMinutes | ReturnMinutes | Circulate | Acknowledge;
}

export interface Done {
  type: "done";
  id: string;
  seq: number;
}

export interface EndFloor {
  kind: "end-floor";
}

export interface EnrolSite {
  code: string;
}

export interface Enrolled {
  site: string;
  name: string;
  credential: string;
}

export interface ExtendFloor {
  kind: "extend-floor";
  seconds: number;
}

export interface Fetch {
  type: "fetch";
  id: string;
  sitting: string;
  paper: string;
  sha256?: string;
}

export interface Fetched {
  type: "fetched";
  id: string;
  url: string;
}

export interface Finding {
  subject: "camera" | "certificate" | "clock" | "line" | "microphone";
  verdict: "bad" | "good" | "warn";
  code: string;
  params?: Record<string, string | number>;
}

export interface FirstAdministrator {
  token: string;
  name: string;
  login: string;
  password: string;
  unit?: string;
}

export interface Found {
  count: number;
  rows: Array<FoundRow>;
}

export interface FoundRow {
  kind: "conclusion" | "item" | "minutes" | "paper" | "sitting";
  sitting: string;
  ref: string;
  title: string;
  unit: string;
  day: string;
  page: number;
  pages: number;
  snippet: string;
}

export interface GiveFloor {
  kind: "give-floor";
  person: string;
}

export interface GivePower {
  person: string;
  kind: string;
  office: string;
  basis: string;
  begins: string;
  ends: string;
}

export interface GiveUp {
  reason: string;
  password: string;
}

export interface GivenSignature {
  signature: string;
}

export interface HandOutPaper {
  kind: "hand-out-paper";
  paper: string;
  item: string;
}

export interface HandOver {
  kind: "hand-over";
  role: "chair" | "secretary";
  person: string;
}

export interface Handover {
  fetch: string;
  bring: string;
  session: string;
  symbol: string;
  day: string;
  until: number;
}

export interface Health {
  connected?: boolean;
  camera?: boolean;
  sound?: boolean;
  line?: string;
  video_kbit?: number;
  loss?: number;
  jitter?: number;
  down_kbit?: number;
  down_loss?: number;
  carries_kbit?: number;
  rtt?: number;
  tcp?: boolean;
  freezes?: number;
  frozen_ms?: number;
  concealed?: number;
}

export interface HeldCertificate {
  serial: string;
  name: string;
  issuer: string;
  begins: number;
  ends: number;
  kept: "file" | "nowhere" | "own" | "server";
  outside: boolean;
}

export interface HeldInToken {
  certificate: string;
  proof: string;
}

export interface Hello {
  type: "hello";
  v: number;
  site?: string;
}

export interface Highlight {
  kind: "highlight";
  quote: string;
  nth: number;
  colour: "blue" | "green" | "red" | "yellow";
}

export interface IceServer {
  urls: Array<string>;
  username: string;
  credential: string;
}

export interface Incoming {
  unit: string;
  year: number;
  number: number;
  id: string;
  day: string;
  sender: string;
  symbol: string;
  dated: string;
  kind: string;
  about: string;
  urgency: "" | "express" | "urgent" | "very-urgent";
  handler: string;
  due: string;
  file: string;
}

export interface Ink {
  kind: "ink";
  points: Array<[number, number]>;
  colour: "blue" | "green" | "red" | "yellow";
}

export interface Integration {
  id: string;
  unit: string;
  name: string;
  verbs: Array<string>;
  made: number;
  seen: number;
  ended: number;
  webhook?: string;
}

export interface Issued {
  unit: string;
  year: number;
  kind: string;
  number: number;
  symbol: string;
  day: string;
  thing: string;
  about: string;
  void: string;
  urgency?: "" | "express" | "urgent" | "very-urgent";
  recipients?: string;
  file?: string;
  annexes?: Array<Annex>;
}

export interface IssuedRow {
  serial: string;
  use: string;
  name: string;
  organization: string;
  begins: number;
  ends: number;
  revoked: number;
  reason: string;
  held: boolean;
}

export interface ItemPart {
  id: string;
  number: number;
  title: string;
  minutes: number;
  rapporteur: string;
  question: string;
  closed: boolean;
  late: boolean;
  step: "done" | "next" | "now";
  opened_at: number;
  since: number;
  conclusion: string;
  decision: Decision | null;
  papers: Array<PaperPart>;
}

export interface Job {
  step: string;
  title: string;
  symbol: string;
  field: string;
  shown: string;
  size: number;
  start: number;
  end: number;
  digest: string;
  attributes: string;
  certificate: string;
  ends: number;
}

export interface JournalRow {
  seq: number;
  at: number;
  kind: string;
  actor: string;
  hash: string;
}

export interface Kit {
  holder: string;
  name: string;
  certificate: HeldCertificate | null;
  asked: boolean;
  picture: string;
  millimetres: number;
}

export interface Like {
  title: string;
  place: string;
  occasion: "ordinary" | "thematic" | "urgent";
  chair: string;
  secretary: string;
  clerk: string;
  approver: string;
  units: Array<string>;
  items: Array<PlannedItem>;
}

export interface LimitSpeeches {
  kind: "limit-speeches";
  seconds: number;
}

export interface Link {
  url: string;
  sha256?: string;
}

export interface Made {
  id: string;
}

export interface MadeIntegration {
  id: string;
  token: string;
}

export interface MadeWebhook {
  secret: string;
}

export interface MakeComment {
  kind: "make-comment";
  comment: string;
  version: number;
  line: number;
  text: string;
}

export interface Me {
  id: string;
  name: string;
  offices: Array<Office>;
  places: Array<string>;
  demonstration: boolean;
  needs_first: boolean;
}

export interface MediaAnswer {
  type: "media-answer";
  id: string;
  sdp: string;
}

export interface MediaHealth {
  type: "media-health";
  sitting: string;
  endpoints: Record<string, Health>;
}

export interface MediaLeave {
  type: "media-leave";
  sitting: string;
}

export interface MediaLost {
  type: "media-lost";
  why: string;
}

export interface MediaMosaic {
  type: "media-mosaic";
  sitting: string;
  endpoints: Array<string>;
}

export interface MediaOffer {
  type: "media-offer";
  id: string;
  sitting: string;
  sdp: string;
  mosaic?: number;
}

export interface MediaShare {
  type: "media-share";
  sitting: string;
  on: boolean;
}

export interface MediaStats {
  type: "media-stats";
  sitting: string;
  freezes: number;
  frozen_ms: number;
  concealed: number;
}

export interface MediaWanted {
  type: "media-wanted";
  name: string;
  top: number;
}

export interface Minutes {
  version: number;
  text: MinutesText;
}

export interface MinutesPart {
  step: string;
  version: number;
  returned: string;
  refused_by: string;
  open_to_comments: boolean;
  number: number;
  symbol: string;
  day: string;
  pdf: string;
  code: string;
  next_field: string;
  signer: string;
  signatures: Array<[string, string, number]>;
  proved_until: number;
  recipients: Array<string>;
  acknowledged: Array<[string, number]>;
}

export interface MinutesText {
  subject: string;
  begun: string;
  venue: string;
  attendance: Array<string>;
  chair: string;
  secretary: string;
  course: Array<string>;
  ended: string;
  recipients: Array<string>;
}

export interface MoveItem {
  kind: "move-item";
  item: string;
  position: number;
}

export interface NameParticipants {
  people: Array<string>;
}

export interface Nameable {
  people: Array<PersonRow>;
  items: Array<string>;
  named: Array<string>;
}

export interface NewAnnex {
  id: string;
  name: string;
  passphrase?: string;
}

export interface NewAnnexed {
  annex: NewAnnex;
  file: OwnFile;
}

export interface NewAnnotation {
  sha256: string;
  page: number;
  mark: Ink | Highlight | Remark;
}

export interface NewCertificate {
  field: string;
  passphrase: string;
}

export interface NewEmail {
  email: string;
}

export interface NewIncoming {
  document: Arrival;
  file?: OwnFile | null;
}

export interface NewIntegration {
  unit: string;
  name: string;
  verbs: Array<string>;
}

export interface NewInvitations {
  units: Array<string>;
}

export interface NewOpinion {
  id: string;
  unit: string;
  title: string;
  text: string;
  ground: "other" | "undisputed" | "urgent";
  deadline: number;
}

export interface NewOutgoing {
  document: Outgoing;
  file?: OwnFile | null;
}

export interface NewPaper {
  upload: string;
  name: string;
  secrecy: "none";
  readers?: Array<string> | null;
  cleared?: boolean;
  password?: string;
  paper?: string;
}

export interface NewPassword {
  token: string;
  password: string;
}

export interface NewPerson {
  unit: string;
  name: string;
  honorific: string;
  role: string;
  office: string;
  counted?: boolean;
}

export interface NewRules {
  document: string;
}

export interface NewSite {
  unit: string;
  name: string;
  room: string;
}

export interface NewSitting {
  id: string;
  title: string;
  unit: string;
  place: string;
  begins: number;
  chair: string;
  secretary: string;
  clerk: string;
  units?: Array<string>;
  guests?: Array<string>;
  sites?: Array<string>;
  occasion?: "ordinary" | "thematic" | "urgent";
  approver?: string;
  convened?: Array<string>;
  through?: Array<string>;
  items?: Array<PlannedItem>;
}

export interface NewTask {
  id: string;
  text: string;
  lead: string;
  deadline: string;
  supporting?: Array<string>;
}

export interface NewTemplate {
  name: string;
  sitting: string;
}

export interface NewUnit {
  parent: string;
  name: string;
  kind: string;
  place?: string;
}

export interface NewVersion {
  upload: string;
  replaces: string;
  secrecy: "none";
  reason?: string;
  cleared?: boolean;
  password?: string;
}

export interface NewWebhook {
  url: string;
}

export interface Note {
  id: string;
  item: string;
  at: number;
  text: string;
  changed?: number;
}

export interface Notice {
  ordinary: number;
  thematic: number;
  urgent: number;
}

export interface NoticePeriod {
  given: number;
  needed: number;
  sure: boolean;
}

export interface NoticeRow {
  id: string;
  sitting: string;
  title: string;
  kind: string;
  params: Record<string, string>;
  at: number;
  read: boolean;
}

export interface NoticeText {
  summary: string;
  lines: Array<string>;
  due?: string;
}

export interface NoticesRead {
  until: number;
}

export interface NumberMinutes {
  signer?: string;
}

export interface Office {
  id: string;
  unit: string;
  unit_name: string;
  role: string;
  office: string;
}

export interface OfflineFiles {
  build: string;
  files: Array<string>;
}

export interface Open {
  kind: "open";
}

export interface OpenAccount {
  login: string;
}

export interface OpenComments {
  kind: "open-comments";
}

export interface OpenItem {
  kind: "open-item";
  item: string;
}

export interface OpenSideRoom {
  kind: "open-side-room";
  room: string;
  name: string;
  sites: Array<string>;
}

export interface OpenVote {
  kind: "open-vote";
  ballot: string;
  item: string;
  question?: string;
  way?: "open" | "roll-call" | "secret";
  options?: Array<string>;
  seats?: number;
  held?: boolean;
}

export interface Opinion {
  id?: string;
  title?: string;
  unit?: string;
  text?: string;
  ground?: "other" | "undisputed" | "urgent";
  rules?: RuleSet | null;
  electorate?: Array<string>;
  chair?: string;
  opened_at?: number;
  deadline?: number;
  papers?: Array<PaperAdded>;
  answers?: Record<string, Answer>;
  reminded_at?: number;
  closed_at?: number;
  result?: Result | null;
  called_off?: string;
  reported?: string;
}

export interface OpinionAnswer {
  choice: string;
  comment?: string;
}

export interface OpinionReport {
  sitting: string;
}

export interface OpinionRow {
  opinion: Opinion;
  names: Record<string, string>;
  votes: boolean;
  puts: boolean;
  mine: string;
  comment: string;
  overdue: boolean;
}

export interface OpinionWaiting {
  id: string;
  title: string;
  deadline: number;
  reminded_at: number;
}

export interface OrderQueue {
  kind: "order-queue";
  by: "asked" | "least-time";
}

export interface Outgoing {
  id: string;
  kind: string;
  about: string;
  urgency?: "" | "express" | "urgent" | "very-urgent";
  recipients?: Array<string>;
}

export interface OwnFile {
  upload: string;
  secrecy: "none";
  cleared?: boolean;
  password?: string;
}

export interface PageChange {
  before: number;
  after: number;
  parts: Array<Part>;
}

export interface PairAgent {
  code: string;
  name: string;
}

export interface Paired {
  token: string;
  person: string;
  name: string;
}

export interface Pairing {
  code: string;
  ends: number;
}

export interface PaperAdded {
  kind: "opinion-paper-added";
  name: string;
  sha256: string;
  pages: number;
  size: number;
}

export interface PaperKey {
  key: string;
  organization: string;
  begins: number;
  ends: number;
}

export interface PaperPart {
  id: string;
  name: string;
  sha256: string;
  pages: number;
  size: number;
  private: boolean;
  readers: Array<string>;
  step: "archived" | "draft" | "recalled" | "released" | "replaced";
  on_paper: boolean;
  since: number;
  reason: string;
  cleared: string;
  earlier: Array<Version>;
  version: number;
  watermarked: boolean;
}

export interface PaperTaken {
  sha256: string;
  pages: number;
  size: number;
  signed: boolean;
  stripped: Array<string>;
  made_from?: string;
}

export interface Part {
  change: "in" | "out" | "same";
  text: string;
  cut?: boolean;
}

export interface PassVoter {
  kind: "pass-voter";
  ballot: string;
  person: string;
}

export interface Passphrase {
  passphrase: string;
  password: string;
}

export interface PersonRow {
  id: string;
  name: string;
  honorific: string;
  membership: string;
  unit: string;
  role: string;
  office: string;
  counted: boolean;
  login: string;
  email: string;
}

export interface Picture {
  sha256: string;
  millimetres: number;
}

export interface Ping {
  type: "ping";
  t: number;
}

export interface Pkcs12 {
  file: string;
  opens: string;
  passphrase: string;
  password: string;
}

export interface PlannedItem {
  title: string;
  minutes?: number;
  rapporteur?: string;
  question?: string;
  closed?: boolean;
}

export interface Planning {
  own: Array<string>;
  units: Array<UnitRow>;
  people: Array<PersonRow>;
}

export interface Point {
  type: "point";
  sitting: string;
  x: number;
  y: number;
}

export interface Pointed {
  type: "pointed";
  sitting: string;
  paper: string;
  page: number;
  x: number;
  y: number;
}

export interface Pong {
  type: "pong";
  t: number;
  now: number;
}

export interface Power {
  id: string;
  unit: string;
  person: string;
  kind: string;
  office: string;
  basis: string;
  begins: string;
  ends: string;
  made: number;
}

export interface PushKey {
  key: string;
}

export interface Raised {
  person: string;
  site: string;
  order?: boolean;
}

export interface React {
  type: "react";
  sitting: string;
  sign: "agree" | "applause" | "hand" | "slower";
}

export interface Reacted {
  type: "reacted";
  sitting: string;
  person: string;
  sign: "agree" | "applause" | "hand" | "slower";
}

export interface Reading {
  type: "reading";
  id: string;
  sitting: string;
  paper: string;
  sha256: string;
  pages: Array<[number, number]>;
}

export interface Reason {
  reason: string;
}

export interface RecallPaper {
  kind: "recall-paper";
  paper: string;
  reason: string;
}

export interface Receipt {
  person: string;
  reading: "part" | "read" | "unread";
  read: number;
  pages: Array<number>;
  first_at: number;
  last_at: number;
}

export interface RecordVote {
  kind: "record-vote";
  ballot: string;
  person: string;
  choices: Array<string>;
}

export interface RecordingFile {
  recording: string;
  sha256: string;
  form: "mp4" | "webm";
  size: number;
  began: number;
  ms: number;
}

export interface Refusal {
  type: "refused";
  code: string;
  text: string;
  params: Record<string, string | number>;
  id?: string;
}

export interface RefuseSignature {
  field: string;
  based_on: string;
  reason: string;
}

export interface RegisterNumber {
  unit: string;
  year: number;
  kind: string;
  number: number;
  symbol: string;
  day: string;
  thing: string;
  about: string;
  void: string;
  urgency?: "" | "express" | "urgent" | "very-urgent";
  recipients?: string;
  file?: string;
}

export interface Rehearsal {
  sitting: SittingPart;
  sites: Array<SiteReadiness>;
}

export interface ReleaseResults {
  kind: "release-results";
}

export interface ReleaseSitting {
  reason?: string;
  reply_by?: number;
  seen?: number;
}

export interface Remark {
  kind: "remark";
  at: [number, number];
  text: string;
}

export interface Remind {
  kind: "remind";
}

export interface RemoveItem {
  kind: "remove-item";
  item: string;
}

export interface Reply {
  kind: "reply";
  answer: "absent" | "in-person" | "online";
  reason?: string;
}

export interface ReportCheck {
  kind: "report-check";
  check: Check;
}

export interface Result {
  counts: Array<[string, number]>;
  unheard: number;
  members: number;
  base: number;
  needed: number;
  carried: Array<string>;
  by_chair: boolean;
  tied: Array<string>;
}

export interface Resume {
  kind: "resume";
}

export interface Retention {
  source: string;
  terms: Array<Term>;
}

export interface ReturnAgenda {
  kind: "return-agenda";
  reason: string;
}

export interface ReturnMinutes {
  kind: "return-minutes";
  version: number;
  reason: string;
}

export interface Revision {
  kind: "data" | "document" | "signature" | "stamp";
  field: string;
  end: number;
}

export interface RingSites {
  kind: "ring-sites";
  sites?: Array<string>;
}

export interface RuleSet {
  id: string;
  title: string;
  source: string;
  valid_from: string;
  entitled: Array<"administrator" | "chair" | "clerk" | "deputy" | "member" | "office-head" | "secretary" | "specialist" | "technician">;
  quorum: [number, number];
  majority: [number, number];
  base: "members" | "present";
  tie: "chair" | "chair-at-half" | "lost";
  changeable: boolean;
  notice: Notice;
  opinion_ballots: "any" | "none" | "urgent-or-undisputed";
  guests: "listen" | "speak";
  substitutes: "none" | "speak" | "vote";
  without_quorum?: "discuss" | "wait";
  chat_in_record?: boolean;
  read_receipts?: boolean;
  paper_comments?: "none" | "presiding" | "shared";
  unsure?: Array<string>;
}

export interface RuleSetRow {
  rule: RuleSet;
  own: boolean;
  in_force: boolean;
  cases: number;
  text: string;
}

export interface SaveMinutesText {
  text: MinutesText;
  based_on: number;
}

export interface Say {
  kind: "say";
  message: string;
  text: string;
  to?: "all" | "chair";
}

export interface Screen {
  sitting: SittingPart;
  convened: Array<ConvenedPart>;
  agenda: Array<ItemPart>;
  attendance: AttendancePart;
  sites: Array<SitePart>;
  side_rooms: Record<string, SideRoom>;
  stage: StagePart;
  ballots: Array<BallotPart>;
  notes: Array<Note>;
  notice: string;
  comments: Array<Comment>;
  paper_comments: Record<string, Tally>;
  minutes: MinutesPart;
  recordings: Array<RecordingFile>;
  people: Record<string, Card>;
  rooms: Record<string, string>;
  units: Record<string, string>;
  witness: Checkpoint | null;
}

export interface SeatPart {
  person: string;
  unit: string;
  role: string;
  entitled: boolean;
  present: boolean;
  site: string;
  since: number;
  spoken: number;
  standing: "absent" | "excused" | "present" | "represented";
  stands_for: string;
  votes_for: string;
  reply: string;
  reason: string;
  substitute: string;
  granted: boolean | null;
}

export interface SeenComment {
  id: string;
  person: string;
  page: number;
  quote: string;
  text: string;
  at: number;
  current: boolean;
  may_answer: boolean;
  taken: boolean | null;
  answer: string;
  answered_by: string;
}

export interface SeenComments {
  rule: "none" | "presiding" | "shared";
  may_comment: boolean;
  comments: Array<SeenComment>;
}

export interface SeenEvent {
  seq: number;
  at: number;
  kind: string;
  actor: string;
  body: Record<string, any> | null;
  hash: string;
}

export interface SendSubstitute {
  person: string;
  reason?: string;
}

export interface ShowPage {
  kind: "show-page";
  paper: string;
  page: number;
}

export interface Shown {
  id: string;
  page: number;
  mark: Ink | Highlight | Remark;
}

export interface SideRoom {
  name: string;
  sites: Array<string>;
}

export interface Sign {
  field: string;
  based_on: string;
  passphrase: string;
}

export interface SignIn {
  login: string;
  password: string;
  code?: string;
}

export interface Signature {
  field: string;
  signer: string;
  organization: string;
  title: string;
  at: number;
  state: "cannot-tell" | "not-valid" | "valid";
  reason: string;
  serial: string;
  level: "B-B" | "B-LT" | "B-LTA" | "B-T";
  path: Array<string>;
  trust: "demonstration" | "internal" | "public-service" | null;
  until: number;
}

export interface SiteListed {
  type: "site-sittings";
  sittings: Array<SittingRow>;
  waited: Array<string>;
}

export interface SitePart {
  site: string;
  unit: string;
  joined: boolean;
  side_room: string;
  spoken: number;
  line: string;
}

export interface SiteReadiness {
  site: string;
  name: string;
  line: "1.5M" | "256k" | "512k" | "64k" | "full" | "send-only";
  connected: boolean;
  step: "away" | "bad" | "busy" | "good" | "silent" | "unasked" | "unenrolled" | "waiting" | "warn";
  rung: number;
  checked: number;
  findings: Array<Finding>;
}

export interface SiteRow {
  id: string;
  unit: string;
  name: string;
  room: string;
  enrolled: boolean;
  revoked: boolean;
  health: Health;
}

export interface SiteSittings {
  type: "site-sittings";
}

export interface SittingDetails {
  title: string;
  place: string;
  begins: number;
  reason?: string;
  seen?: number;
}

export interface SittingPart {
  id: string;
  phase: string;
  occasion: string;
  agenda_step: string;
  agenda_reason: string;
  approver: string;
  released_at: number;
  short_reason: string;
  reply_by: number;
  invitation: string;
  cancelled: string;
  substitutes: string;
  title: string;
  unit: string;
  place: string;
  begins: number;
  opened_at: number;
  closed_at: number;
  chair: string;
  secretary: string;
  rule_source: string;
  unsure: Array<string>;
  recorded_since: number;
  chat_in_record: boolean;
  closed_item: boolean;
  archived_at: number;
}

export interface SittingRow {
  id: string;
  unit: string;
  title: string;
  place: string;
  begins: number;
  phase: string;
  minutes_step: string;
  roles: Array<string>;
}

export interface Slots {
  type: "slots";
  audio: Array<string>;
  video: Array<string>;
}

export interface StagePart {
  item: string;
  paper: string;
  page: number;
  speaker: string;
  speaker_site: string;
  since: number;
  limit: number;
  each: number;
  by: "asked" | "least-time";
  queue: Array<Raised>;
  stage: string;
}

export interface Stamp {
  at: number;
  authority: string;
  state: "cannot-tell" | "not-valid" | "valid";
  reason: string;
  until: number;
}

export interface StartRecording {
  kind: "start-recording";
  recording: string;
}

export interface StopRecording {
  kind: "stop-recording";
}

export interface SubmitAgenda {
  kind: "submit-agenda";
}

export interface Suspend {
  kind: "suspend";
  reason: string;
}

export interface Tablet {
  tablet: string;
}

export interface TabletRow {
  id: string;
  person: string;
  name: string;
  device: string;
  seen: number;
  cut: number;
  copies: Array<CopyRow>;
}

export interface TakeNote {
  kind: "take-note";
  note: string;
  item: string;
  text: string;
}

export interface TakeOver {
  role: "chair" | "secretary";
}

export interface Taken {
  until: number;
  now: number;
  keeps: Array<string>;
}

export interface Tally {
  count: number;
  waiting: number;
  changes: number;
}

export interface Task {
  id: string;
  unit: string;
  lead: string;
  supporting: Array<string>;
  text: string;
  deadline: string;
  sitting: string;
  item: string;
  parent: string;
  step: "acknowledged" | "done" | "given";
  given_at: number;
  acknowledged_at?: number;
  done_at?: number;
  report?: string;
}

export interface TaskReport {
  report: string;
}

export interface TaskRow {
  task: Task;
  unit_name: string;
  lead_name: string;
  supporting_names: Array<string>;
  overdue: boolean;
  mine: boolean;
  gave: boolean;
}

export interface Template {
  id: string;
  name: string;
  items: Array<PlannedItem>;
}

export interface Term {
  code: string;
  years: number;
  unsure: boolean;
  suits: Array<string>;
}

export interface Tier {
  unit: string;
  name: string;
  tier: number;
  open: number;
  overdue: number;
  unacknowledged: number;
}

export interface TokenCertificate {
  certificate: string;
}

export interface TokenCertificates {
  certificates: Array<HeldInToken>;
}

export interface TokenKey {
  public: string;
  proof: string;
}

export interface Told {
  type: "told";
  sitting: string;
  seq: number;
  events: Array<SeenEvent>;
  parts: Record<string, any>;
}

export interface TrialEnd {
  type: "trial-end";
  id: string;
}

export interface TrialOffer {
  type: "trial-offer";
  id: string;
  sdp: string;
}

export interface Turn {
  field?: string;
  certificate?: string;
  kept?: "file" | "nowhere" | "own" | "server";
  waits?: string;
  ends?: number;
  whole?: boolean;
}

export interface Uninvite {
  kind: "uninvite";
  people: Array<string>;
}

export interface UnitRow {
  id: string;
  name: string;
  kind: string;
  tier: number;
  parent: string;
  place: string;
}

export interface UnitRules {
  rows: Array<RuleSetRow>;
  adopts: boolean;
}

export interface Version {
  sha256: string;
  pages: number;
  size: number;
  since: number;
  step: "archived" | "draft" | "recalled" | "released" | "replaced";
  reason: string;
  out?: boolean;
}

export interface VersionReceipts {
  version: number;
  step: "archived" | "draft" | "recalled" | "released" | "replaced";
  receipts: Array<Receipt>;
}

export interface Waiting {
  sitting: string;
  title: string;
  what: string;
}

export interface WallCode {
  type: "wall-code";
  id: string;
  code: string;
  until: number;
}

export interface Watch {
  type: "watch";
  sitting: string;
  after?: number;
}

export interface WatermarkPaper {
  kind: "watermark-paper";
  paper: string;
  on: boolean;
}

export interface Welcome {
  type: "welcome";
  v: number;
  who: string;
  kind: string;
  name: string;
  now: number;
  ice?: Array<IceServer>;
}

export interface WithdrawAgenda {
  kind: "withdraw-agenda";
}

export interface WithdrawFloor {
  kind: "withdraw-floor";
}

export interface WithdrawPaperComment {
  kind: "withdraw-paper-comment";
  comment: string;
}

export type FromBrowser = AskWallCode | Do | Fetch | Hello | MediaLeave | MediaMosaic | MediaOffer | MediaShare | MediaStats | Ping | Point | React | Reading | SiteSittings | TrialEnd | TrialOffer | Watch;
export type ToBrowser = Done | Fetched | MediaAnswer | MediaHealth | MediaLost | MediaWanted | Pointed | Pong | Reacted | Refusal | SiteListed | Slots | Told | WallCode | Welcome;
export type Command = Acknowledge | AddItem | AddressPaper | AnswerAbsence | AnswerComment | AnswerPaperComment | ApproveAgenda | ApproveMinutes | AskCodes | AskFloor | Cancel | CancelVote | Cast | CastSecretly | ChangeItem | ChangeNote | CheckIn | CheckOut | ChooseLine | Circulate | Close | CloseSideRoom | CloseVote | CommentOnPaper | Conclude | DetachPaper | EndFloor | ExtendFloor | GiveFloor | HandOutPaper | HandOver | LimitSpeeches | MakeComment | MoveItem | Open | OpenComments | OpenItem | OpenSideRoom | OpenVote | OrderQueue | PassVoter | RecallPaper | RecordVote | ReleaseResults | Remind | RemoveItem | Reply | ReportCheck | Resume | ReturnAgenda | ReturnMinutes | RingSites | Say | ShowPage | StartRecording | StopRecording | SubmitAgenda | Suspend | TakeNote | Uninvite | WatermarkPaper | WithdrawAgenda | WithdrawFloor | WithdrawPaperComment;
