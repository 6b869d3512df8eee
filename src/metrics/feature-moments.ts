/** Count, mean [width] and unbiased covariance [width, width] of features, in float64. */
export interface FeatureMoments {
  readonly count: number;
  readonly width: number;
  readonly mean: Float64Array;
  readonly covariance: Float64Array;
}
