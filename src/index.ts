/**
 * Ganymede's front door: train a system, open a run, make samples, export the generator. The parts
 * that systems are made of have doors of their own: `ganymede/engine`, `/nn`, `/gan`, `/data`, `/zoo`.
 */
export {
  type AnimationFormat,
  animationFormats,
  type Clip,
  writeAnimation,
} from "./app/animation.ts";
export {
  type ArithmeticFile,
  arithmetic,
  type CodeArithmetic,
  type Evaluated,
  evaluateExpression,
} from "./app/arithmetic.ts";
export { askedOf, mergeAsked, repeatConfig } from "./app/asked.ts";
export { type Branch, branchRun } from "./app/branch.ts";
export * from "./app/codes.ts";
export { type Comparison, compareRuns, type Difference } from "./app/compare-runs.ts";
export { conditionOf } from "./app/condition.ts";
export * from "./app/config.ts";
export { type FileConfig, readConfigFile } from "./app/config-file.ts";
export { configJsonSchema, type JsonSchema } from "./app/config-schema.ts";
export { type CheckOptions, checkData, type DataReport } from "./app/data-check.ts";
export {
  type DirectionMethod,
  type Directions,
  directionMethods,
  directions,
  type Walk,
  walkDirections,
} from "./app/directions.ts";
export { examine, type Health, type SelfTest } from "./app/doctor.ts";
export { type Evaluation, evaluate, keepEvaluation, verdictFor } from "./app/evaluate.ts";
export { type Exported, exportGenerator } from "./app/export.ts";
export { type ExportedPage, exportPage } from "./app/export-page.ts";
export { type Expression, type ExpressionTerm, parseExpression } from "./app/expression.ts";
export { type FilterRow, type FilterSheet, filterSheet } from "./app/filters.ts";
export type { Freeze } from "./app/freeze.ts";
export { healthOf, type ReadingState, type RunHealth } from "./app/health.ts";
export type { Alike, ValueFacts } from "./app/inspection.ts";
export {
  type Measurement,
  type Measuring,
  metricGroups,
  metricIds,
  type Silence,
  type Timed,
} from "./app/instruments.ts";
export {
  type Interpolated,
  type Interpolation,
  interpolate,
} from "./app/interpolate.ts";
export {
  type ImageInversion,
  type InversionFiles,
  type InversionWeights,
  type InvertedStart,
  invertImage,
  readPicture,
  writeInversion,
} from "./app/invert.ts";
export { invertible } from "./app/invertible.ts";
export { type Langevin, langevin } from "./app/langevin.ts";
export type { Likeness } from "./app/likeness.ts";
export {
  type NearestAsked,
  type NearestItems,
  type Neighbour,
  nearestItems,
  type Reference,
  writeNearest,
} from "./app/nearest.ts";
export { codesOf, type Drawn } from "./app/net-probe.ts";
export {
  type AttentionSeen,
  type OpenAttention,
  openAttention,
  type UnitFilters,
  unitFilters,
} from "./app/net-weights.ts";
export { type Preview, previewTraining } from "./app/preview.ts";
export { type PrincipalDirections, principalDirections } from "./app/principal-directions.ts";
export type { RecordedCut, Rollback } from "./app/recovery.ts";
export { type Refresh, refreshed } from "./app/refresh.ts";
export {
  type FailureReport,
  type Reproduced,
  readReport,
  reproduce,
  reproductionsOf,
} from "./app/reproduction.ts";
export { resumeConfig } from "./app/resume.ts";
export {
  type AskedSettings,
  type EarlierData,
  type Settings,
  settingShape,
} from "./app/run-config.ts";
export { findRun, latestRun, nextRunName } from "./app/run-names.ts";
export { noteOf, noteRun } from "./app/run-notes.ts";
export { bestScore, readingsOf, type StepScore, scoresOf } from "./app/run-scores.ts";
export {
  type Listen,
  runTraining,
  type TrainOutcome,
  type TrainRequest,
} from "./app/run-training.ts";
export { deleteRun, listRuns, type RunState, type RunSummary, tagRun, tagsOf } from "./app/runs.ts";
export {
  classNumber,
  classNumbers,
  type OpenOptions,
  type OpenRun,
  openRun,
} from "./app/sample.ts";
export {
  type SampleFile,
  type SampleFormat,
  sampleFormats,
  writeSamples,
} from "./app/sample-files.ts";
export * as search from "./app/search.ts";
export {
  type Cell,
  type CellResult,
  runStudy,
  type Study,
  type Trained,
  trainInMemory,
} from "./app/study.ts";
export { startTraining, type Training } from "./app/train.ts";
export {
  type LayerSeen,
  type MapRegion,
  type NetLayers,
  netLayers,
  type OpenLayer,
  openLayer,
  type UnitChange,
} from "./app/unit-layer.ts";
export {
  type MapMeasure,
  measureMaps,
  type Ranking,
  type TopSamples,
  topSamples,
  type UnitEffect,
  unitEffects,
} from "./app/unit-ranking.ts";
export {
  type UnitSheet,
  writeTopSamples,
  writeUnitChanges,
  writeUnitMaps,
} from "./app/unit-sheet.ts";
export { version } from "./app/version.ts";
export { type Fault, GanymedeError } from "./core/errors.ts";
export type { Advice, Healthy } from "./core/healthy.ts";
export {
  adam as adamSearch,
  lbfgs,
  type Minimum,
  minimise,
  type Search,
  type SearchOptions,
  type Slope,
} from "./core/minimise.ts";
export type { OptionInput, OptionValues } from "./core/options.ts";
export type { RandomStream } from "./core/random.ts";
export type { Field, Source } from "./data/source.ts";
export {
  type DeviceChoice,
  type DeviceName,
  deviceChoices,
  deviceNames,
} from "./engine/run/device-names.ts";
export { type ChosenDevice, type DeviceRequest, openProvider } from "./engine/run/devices.ts";
export type { ProviderReport } from "./engine/run/native-providers.ts";
export { nodeCpu } from "./engine/run/node-cpu.ts";
export type { Provider, Value } from "./engine/run/provider.ts";
export type { ReadingAbout } from "./gan/game.ts";
export type { RateCut } from "./gan/rates.ts";
export { defineSystem, type System } from "./gan/system.ts";
export * from "./metrics/budget.ts";
export type { Answer } from "./metrics/dissection.ts";
export type { Stock } from "./metrics/evidence.ts";
export * from "./metrics/inversion.ts";
export * from "./metrics/inversion-losses.ts";
export type { Rows, Score } from "./metrics/metric.ts";
export type { ScoredBy, ScoreRecord } from "./metrics/score-record.ts";
export * from "./metrics/triangle-manifold.ts";
export type { Verdict } from "./metrics/verdict.ts";
export { type StudioOptions, type StudioServer, startStudio } from "./studio/server.ts";
export type { CheckpointChoice, CheckpointInfo } from "./train/checkpoint.ts";
export {
  type CodeLayout,
  type CodePart,
  codeLayout,
  type Draw,
  drawCodes,
} from "./train/codes.ts";
export type { Alarm, CriticHistogram, Finding } from "./train/examination.ts";
export type { MemoryForecast } from "./train/forecast.ts";
export { type Journey, journey, lerp, type Path, slerp } from "./train/journey.ts";
export type { AttentionLayer, NetLayer, NetName } from "./train/layers.ts";
export type { Cadence, Ending, LoopEvent } from "./train/loop.ts";
export type { Norms, PlayerNorms } from "./train/norms.ts";
export { picture, pictureSize } from "./train/picture.ts";
export type { HealthRecord } from "./train/run-folder.ts";
export {
  type SampleProgram,
  type SampleRequest,
  Sampler,
  type SamplerOptions,
} from "./train/sampler.ts";
export type { Seen } from "./train/taps.ts";
export {
  type Snapshot,
  type TickReadings,
  Trainer,
  type TrainerOptions,
} from "./train/trainer.ts";
