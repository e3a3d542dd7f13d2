/** Pictures: `seqkit/report`. Plots as SVG need the optional package vega, PNGs @resvg/resvg-js, which is for Node. */
export { MissingPackage } from './missing-package.js';
export { svgToPng } from './svg-to-png.js';
export { heatMapSvg, type HeatMap } from './heat-map.js';
export { linePlotSvg, type LinePlot, type LineSeries } from './line-plot.js';
export { scatterPlotSvg, type ScatterPlot } from './scatter-plot.js';
export { tradeoffPlotSvg, type TradeoffCurve, type TradeoffDot, type TradeoffPlot } from './tradeoff-plot.js';
export { clipPlotSvg, type ClipPlot } from './clip-plot.js';
