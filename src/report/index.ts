/** Pictures: `seqkit/report`. In Node PNGs need the optional package @resvg/resvg-js; a page draws them itself. */
export { MissingPackage } from './missing-package.js';
export { svgToPng } from './svg-to-png.js';
export { heatMapSvg, type HeatMap } from './heat-map.js';
export { linePlotSvg, type LinePlot, type LineSeries } from './line-plot.js';
export { scatterPlotSvg, type ScatterPlot } from './scatter-plot.js';
export { tradeoffPlotSvg, type TradeoffCurve, type TradeoffDot, type TradeoffPlot } from './tradeoff-plot.js';
export { clipPlotSvg, type ClipPlot } from './clip-plot.js';
export { confusionPlotSvg, type ConfusionPlot } from './confusion-plot.js';
export { calibrationPlotSvg, type CalibrationPlot, type CalibrationPlotBin } from './calibration-plot.js';
