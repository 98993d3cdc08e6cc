// Charts and the map, loaded after the page and only where a [data-chart] stands. Each draws what the table above it says:
//   <div data-chart="chart-1" role="img" aria-label="…"></div>
//   <script type="application/json" id="chart-1">{"kind":"bar","unit":"%","names":[…],"series":[{"name":"…","values":[…]}]}</script>
// kind: bar | line | map. A map names areas by division code in "names"; outlines come from the address in data-map.
import { BarChart, LineChart, MapChart, ScatterChart } from 'echarts/charts';
import { GeoComponent, GridComponent, LegendComponent, TooltipComponent, VisualMapComponent } from 'echarts/components';
import { init, registerMap, use } from 'echarts/core';
import type { EChartsCoreOption } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';

use([BarChart, LineChart, MapChart, ScatterChart, GeoComponent, GridComponent, LegendComponent, TooltipComponent, VisualMapComponent, SVGRenderer]);

interface Drawing {
  kind: 'bar' | 'line' | 'map';
  unit?: string;
  target?: number;
  names: string[];
  labels?: string[];
  series: { name: string; values: (number | null)[] }[];
  points?: { name: string; at: number[] }[]; /* longitude, latitude */
}

const colours = ['#1c4e94', '#b98126', '#1a6b3c', '#7b5ea7', '#5b6b7f'];
const fontFamily = '"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif';
const text = { fontFamily, fontSize: 16, color: '#1b2430' };

const flat = (drawing: Drawing): EChartsCoreOption => ({
  animation: false,
  color: colours,
  textStyle: text,
  grid: { left: 8, right: 16, top: drawing.series.length > 1 ? 44 : 32, bottom: 8, containLabel: true },
  legend: drawing.series.length > 1 ? { top: 0, right: 0, itemGap: 20, textStyle: text } : undefined,
  tooltip: { trigger: 'axis', renderMode: 'richText' },
  xAxis: { type: 'category', data: drawing.labels || drawing.names, axisLabel: { ...text, hideOverlap: true } },
  yAxis: { type: 'value', name: drawing.unit, axisLabel: text, nameTextStyle: text },
  series: drawing.series.map((one) => ({
    type: drawing.kind,
    name: one.name,
    data: one.values,
    barMaxWidth: 36,
    connectNulls: false,
  })),
});

/* Names and scale as a phone has room for: 泾川 for 泾川县, the scale below the map instead of beside it. */
const narrowest = 480;
const shortName = (name: string): string => (name.length > 2 ? name.replace(/[县市区]$/, '') : name);

const outlined = (drawing: Drawing, narrow: boolean): EChartsCoreOption => {
  const values = drawing.series[0].values;
  const known = values.filter((one): one is number => one !== null);
  return {
    animation: false,
    textStyle: text,
    tooltip: { renderMode: 'richText' },
    visualMap: {
      min: Math.min(...known),
      max: Math.max(...known),
      inRange: { color: ['#eaf1fa', '#8fb4e3'] }, /* dark enough to tell apart, light enough for the names */
      seriesIndex: 0,
      text: [drawing.unit || '', ''],
      textStyle: text,
      orient: narrow ? 'horizontal' : 'vertical',
      left: narrow ? 'center' : 0,
    },
    geo: {
      map: 'area',
      nameProperty: 'name',
      ...(narrow ? { left: 0, right: 0 } : {}),
      label: {
        show: true,
        ...text,
        offset: [0, -16], /* above the point of the county town */
        formatter: (one: { name: string }) => (narrow ? shortName(one.name) : one.name),
      },
    },
    series: [{
      type: 'map',
      geoIndex: 0,
      data: values.map((value, i) => ({ name: (drawing.labels || drawing.names)[i], value })),
    }, {
      type: 'scatter',
      coordinateSystem: 'geo',
      symbolSize: narrow ? 7 : 12,
      itemStyle: { color: '#a4262c', borderColor: '#fff', borderWidth: narrow ? 1 : 2 },
      tooltip: { formatter: (one: { name: string }) => one.name },
      data: (drawing.points || []).map((one) => ({ name: one.name, value: one.at })),
    }],
  };
};

let outlines: Promise<void> | null = null;
const needOutlines = (url: string): Promise<void> => {
  outlines = outlines || fetch(url).then((answer) => answer.json()).then((json) => registerMap('area', json));
  return outlines;
};

const draw = async (box: HTMLElement): Promise<void> => {
  const source = document.getElementById(box.dataset.chart || '');
  if (!source || box.dataset.drawn) return;
  box.dataset.drawn = 'yes';
  const drawing = JSON.parse(source.textContent || 'null') as Drawing | null;
  if (!drawing || drawing.series.length === 0) return;
  if (drawing.kind === 'map') await needOutlines(box.dataset.map || '/map.json');
  const chart = init(box, null, { renderer: 'svg' });
  const show = (): void => chart.setOption(drawing.kind === 'map' ? outlined(drawing, box.clientWidth < narrowest) : flat(drawing));
  show();
  if (!window.ResizeObserver) return;
  const watch = new ResizeObserver(() => {
    if (box.isConnected && box.clientWidth > 0) {
      if (drawing.kind === 'map') show();
      return chart.resize();
    }
    if (!box.isConnected) { /* another page took the place */
      watch.disconnect();
      chart.dispose();
    }
  });
  watch.observe(box);
};

const all = (): void => document.querySelectorAll<HTMLElement>('[data-chart]').forEach((box) => void draw(box));

document.addEventListener('tuoyu:charts', all);
all();
