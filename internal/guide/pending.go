package guide

// pending names what the guide asks for, in its order. A row that a room
// provides under the same section and name takes the place of the one here.
var pending = []Row{
	{Section: "Data cleaning and transformation", Name: "Constant and mean fill", States: "fillna; mean, median, mode imputation"},
	{Section: "Data cleaning and transformation", Name: "Forward fill", States: "the last value seen stands for a missing one"},
	{Section: "Data cleaning and transformation", Name: "Interpolation", States: "a missing value between two known ones lies on their line"},
	{Section: "Data cleaning and transformation", Name: "Deletion", States: "rows with a missing value are dropped"},
	{Section: "Data cleaning and transformation", Name: "KNN imputation", States: "the mean of the nearest complete rows"},
	{Section: "Data cleaning and transformation", Name: "Iterative imputation", States: "each column regressed on the others, in rounds"},
	{Section: "Data cleaning and transformation", Name: "Z-score outliers", States: "z = (x - mean) / std; |z| > 3 is an outlier"},
	{Section: "Data cleaning and transformation", Name: "IQR outliers", States: "outside [Q1 - 1.5 IQR, Q3 + 1.5 IQR]"},
	{Section: "Data cleaning and transformation", Name: "Log transform", States: "log(1 + x) reduces skewness, handles exponential relationships"},
	{Section: "Data cleaning and transformation", Name: "Box-Cox", States: "(x^lambda - 1) / lambda, log x at lambda 0"},
	{Section: "Data cleaning and transformation", Name: "Deduplication, exact", States: "equal rows are kept once"},
	{Section: "Data cleaning and transformation", Name: "Deduplication, fuzzy", States: "rows that nearly match are found"},
	{Section: "Data cleaning and transformation", Name: "Joins", States: "tables combined on a key"},
	{Section: "Data cleaning and transformation", Name: "Unions and concatenation", States: "tables one below the other"},

	{Section: "Feature engineering", Name: "L1 normalisation", States: "divides by the sum of absolute values; creates sparse outputs with many zeros"},
	{Section: "Feature engineering", Name: "L2 normalisation", States: "divides by the root of the sum of squares; sum of squares = 1; preserves direction"},
	{Section: "Feature engineering", Name: "RobustScaler", States: "(x - median) / IQR"},
	{Section: "Feature engineering", Name: "Equal-width bins", States: "bins of equal width"},
	{Section: "Feature engineering", Name: "Equal-frequency bins", States: "bins with equally many values"},
	{Section: "Feature engineering", Name: "Custom bins", States: "bins with given edges"},

	{Section: "Text features", Name: "Tokenization", States: "\"I love ML\" -> [I, love, ML]"},
	{Section: "Text features", Name: "Bag of words", States: "\"ML is fun\" -> {ML: 1, is: 1, fun: 1}"},
	{Section: "Text features", Name: "TF-IDF", States: "rare words weigh more: \"the\" -> low, \"neural\" -> high"},
	{Section: "Text features", Name: "Word embeddings", States: "king - man + woman ~ queen"},

	{Section: "Scaling and normalisation", Name: "MinMaxScaler", States: "(x - min) / (max - min); Age = [18, 25, 50] -> [0, 0.35, 1]"},
	{Section: "Scaling and normalisation", Name: "StandardScaler", States: "(x - mean) / std; Age = [18, 25, 50] -> [-1.12, -0.47, 1.59]"},

	{Section: "Feature selection and creation", Name: "Correlation", States: "features are selected by correlation with the target"},
	{Section: "Feature selection and creation", Name: "Mutual information", States: "features are selected by mutual information"},
	{Section: "Feature selection and creation", Name: "PCA", States: "dimensions are reduced to the directions of largest variance"},
	{Section: "Feature selection and creation", Name: "Polynomial terms", States: "x1, x2 -> x1^2, x1 x2, x2^2"},
	{Section: "Feature selection and creation", Name: "Ratios", States: "one feature over another"},
	{Section: "Feature selection and creation", Name: "Time lags", States: "the value of earlier rows as a feature"},

	{Section: "Bias detection", Name: "Demographic parity", States: "equal outcomes across groups"},
	{Section: "Bias detection", Name: "Equalized odds", States: "equal TPR and FPR across groups"},
	{Section: "Bias detection", Name: "Post-training metrics", States: "Clarify's bias of predictions: DPPL, DI, DCA, DCR, SD, RD, DAR, DRR, AD, TE, CDDPL, FT, GE"},

	{Section: "Bias mitigation", Name: "Oversampling", States: "the minority class is repeated"},
	{Section: "Bias mitigation", Name: "Undersampling", States: "the majority class is thinned"},
	{Section: "Bias mitigation", Name: "SMOTE", States: "new minority rows between neighbours"},
	{Section: "Bias mitigation", Name: "Synthetic data", States: "rows drawn from a model of the data"},
	{Section: "Bias mitigation", Name: "Stratified sampling", States: "class proportions are maintained"},

	{Section: "Data security: PII and PHI", Name: "PII detection", States: "name, SSN, email are personally identifiable"},
	{Section: "Data security: PII and PHI", Name: "Masking", States: "characters are hidden"},
	{Section: "Data security: PII and PHI", Name: "Pseudonymisation", States: "a value is replaced by a stable, keyed name"},
	{Section: "Data security: PII and PHI", Name: "Anonymisation", States: "k-anonymity and l-diversity of what is left"},

	{Section: "Data quality and validation", Name: "Data profiling", States: "statistical summaries, distributions"},
	{Section: "Data quality and validation", Name: "Schema validation", States: "type checking, format verification"},
	{Section: "Data quality and validation", Name: "Quality checks", States: "automated checks against a baseline"},

	{Section: "Training data preparation", Name: "Data splits", States: "train/validation/test, 70/15/15 typical"},
	{Section: "Training data preparation", Name: "Stratification", States: "class distribution is maintained"},
	{Section: "Training data preparation", Name: "K-fold", States: "each row is in the test fold once"},
	{Section: "Training data preparation", Name: "Time series splits", States: "training rows come before test rows"},
	{Section: "Training data preparation", Name: "Data augmentation", States: "diversity is increased: jitter and mixup"},

	{Section: "Interpretability", Name: "SHAP values", States: "model-agnostic explanations"},
	{Section: "Interpretability", Name: "LIME", States: "local interpretable explanations"},

	{Section: "Classification metrics", Name: "Accuracy", States: "(TP + TN) / (TP + TN + FP + FN)"},
	{Section: "Classification metrics", Name: "Accuracy, imbalanced", States: "misleading with imbalanced data, for example 99% negative cases"},
	{Section: "Classification metrics", Name: "Precision", States: "TP / (TP + FP)"},
	{Section: "Classification metrics", Name: "Recall", States: "TP / (TP + FN)"},
	{Section: "Classification metrics", Name: "F1 Score", States: "2 precision recall / (precision + recall); 0 to 1"},
	{Section: "Classification metrics", Name: "F1 Score, range", States: "0 (worst) to 1 (best)"},
	{Section: "Classification metrics", Name: "AUC-ROC", States: "area under the ROC curve; 0.5 (random) to 1 (perfect)"},
	{Section: "Classification metrics", Name: "Log loss and Brier score", States: "how good the probabilities are"},
	{Section: "Classification metrics", Name: "Calibration", States: "predicted probabilities against observed frequencies"},

	{Section: "Regression metrics", Name: "MSE", States: "sum (y - p)^2 / n"},
	{Section: "Regression metrics", Name: "RMSE", States: "sqrt(MSE)"},
	{Section: "Regression metrics", Name: "MAE", States: "sum |y - p| / n"},
	{Section: "Regression metrics", Name: "R2", States: "1 - SSres / SStot; 0 means no better than the mean"},

	{Section: "Confusion matrix terms", Name: "TP, FP, TN, FN", States: "correctly and incorrectly predicted positives and negatives"},
	{Section: "Confusion matrix terms", Name: "Confusion matrix", States: "counts of every truth against every prediction"},

	{Section: "Distribution comparison metrics", Name: "TVD", States: "half the sum of |p - q|; 0 = exactly the same, 1 = completely different"},
	{Section: "Distribution comparison metrics", Name: "KL", States: "sum p ln(p/q); not symmetric; 0 means identical"},
	{Section: "Distribution comparison metrics", Name: "JS", States: "the symmetric relative of KL"},
	{Section: "Distribution comparison metrics", Name: "Lp norm", States: "the p-norm of the difference of two distributions"},
	{Section: "Distribution comparison metrics", Name: "KS", States: "the largest difference of two distribution functions"},
	{Section: "Distribution comparison metrics", Name: "DPL", States: "group A 70% positive, group B 50%: DPL = 20%"},
	{Section: "Distribution comparison metrics", Name: "CI", States: "95% No, 5% Yes -> highly imbalanced; 50/50 -> balanced"},
	{Section: "Distribution comparison metrics", Name: "CDDL", States: "demographic disparity, conditional on a stratum"},
	{Section: "Distribution comparison metrics", Name: "Partial dependence", States: "the average prediction as one feature moves"},
	{Section: "Distribution comparison metrics", Name: "Shapley values", States: "baseline 50%; income \"increases\" the prediction to 35% (-15%)"},

	{Section: "Training and tuning", Name: "Early stopping", States: "stop when validation no longer improves"},
	{Section: "Training and tuning", Name: "Grid search", States: "every combination"},
	{Section: "Training and tuning", Name: "Random search", States: "random combinations"},
	{Section: "Training and tuning", Name: "Bayesian optimization", States: "earlier results guide the search"},

	{Section: "Model evaluation and analysis", Name: "Baseline models", States: "simple heuristics to beat"},
	{Section: "Model evaluation and analysis", Name: "Learning curves", States: "training against validation performance"},
	{Section: "Model evaluation and analysis", Name: "Overfitting", States: "high training accuracy, low validation accuracy"},
	{Section: "Model evaluation and analysis", Name: "Underfitting", States: "low training and validation accuracy"},
	{Section: "Model evaluation and analysis", Name: "Data leakage", States: "future information in training data"},

	{Section: "Drift detection", Name: "Data drift", States: "input feature distributions change"},
	{Section: "Drift detection", Name: "Covariate shift", States: "a classifier tells old rows from new ones"},
	{Section: "Drift detection", Name: "Model drift", States: "model performance degrades"},
	{Section: "Drift detection", Name: "Concept drift", States: "the relation to the target changes"},

	{Section: "Quality monitoring", Name: "Data quality", States: "missing values, outliers, schema violations"},
	{Section: "Quality monitoring", Name: "Prediction quality", States: "accuracy, precision, recall over time"},
	{Section: "Quality monitoring", Name: "Control charts", States: "statistical process control: a point beyond 3 sigma is a signal"},

	{Section: "A/B testing", Name: "Traffic splitting", States: "percentage-based routing"},
	{Section: "A/B testing", Name: "Statistical significance", States: "hypothesis testing"},
	{Section: "A/B testing", Name: "Confidence intervals", States: "Wilson, Clopper-Pearson, DeLong, bootstrap"},
	{Section: "A/B testing", Name: "Winner selection", States: "automated promotion based on metrics"},
	{Section: "A/B testing", Name: "Multi-armed bandits", States: "adaptive traffic allocation"},
}
