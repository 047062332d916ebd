// How the answers to a scenario's decision sections stand in result.json; for reports/json.cpp.
#pragma once

#include "decision/answers.hpp"
#include "reports/json_io.hpp"

namespace reports {

template <>
struct Fields<decision::Measured> {
  static void visit(auto& io, decision::Measured& m) {
    io("value", m.value);
    io.choice("unit", m.unit,
              {"rel", "pp", "share", "unknown", "percent_per_day", "days", "hours", "ms", "usd", "examples", "multiple",
               "count"});
    io("baseline", m.baseline);
  }
};

template <>
struct Fields<decision::Gate> {
  static void visit(auto& io, decision::Gate& g) {
    io("key", g.key);
    io("of", g.of);
    io("threshold", g.threshold);
    io.choice("unit", g.unit,
              {"rel", "pp", "share", "unknown", "percent_per_day", "days", "hours", "ms", "usd", "examples", "multiple",
               "count"});
    io.choice("cmp", g.comparator, {">=", ">", "<=", "<"});
    io("hard", g.hard);
    io("enabled", g.enabled);
    io("source", g.source);
    io("percentile", g.percentile);
    io("soft_when_hygiene", g.soft_when_hygiene);
    io("named", g.named);
  }
};

template <>
struct Fields<decision::GateResult> {
  static void visit(auto& io, decision::GateResult& r) {
    io("gate", r.gate);
    io("value", r.measured);
    io.choice("outcome", r.outcome, {"pass", "fail", "ambiguous", "unknown"});
    io("margin", r.margin);
    io("boundary", r.boundary);
    io("notes", r.notes);
  }
};

template <>
struct Fields<decision::GateVerdict> {
  static void visit(auto& io, decision::GateVerdict& v) {
    io("approve", v.approve);
    io("deciding", v.deciding);
    io("reason", v.reason);
    io("results", v.results);
    io("asks", v.asks);
    io("notes", v.notes);
    io("fallback", v.fallback);
  }
};

template <>
struct Fields<decision::OptionGates> {
  static void visit(auto& io, decision::OptionGates& g) {
    io("option", g.option);
    io("verdict", g.verdict);
  }
};

template <>
struct Fields<decision::Criterion> {
  static void visit(auto& io, decision::Criterion& c) {
    io("name", c.name);
    io("unit", c.unit);
    io.choice("better", c.better, {"lower", "higher"});
    io("weight", c.weight);
    io("target", c.target);
    io("ideal", c.ideal);
  }
};

template <>
struct Fields<decision::MatrixRow> {
  static void visit(auto& io, decision::MatrixRow& r) {
    io("name", r.name);
    io("values", r.values);
    io("scores", r.parts);
    io("score", r.score);
    io("topsis", r.closeness);
    io("regret", r.regret);
    io("acceptability", r.acceptability);
  }
};

template <>
struct Fields<decision::MatrixTable> {
  static void visit(auto& io, decision::MatrixTable& m) {
    io("criteria", m.criteria);
    io("weights", m.weights);
    io("options", m.rows);
    io("winners", m.winners);
    io("margin", m.margin);
    io("agree", m.agree);
    io("notes", m.notes);
  }
};

template <>
struct Fields<decision::Placed> {
  static void visit(auto& io, decision::Placed& p) {
    io("name", p.name);
    io.choice("place", p.place, {"front", "dominated", "unknown"});
    io("dominators", p.dominators);
    io("ties", p.ties);
    io("missing", p.missing);
    io("values", p.values);
  }
};

template <>
struct Fields<decision::Axis> {
  static void visit(auto& io, decision::Axis& a) {
    io("name", a.name);
    io.choice("better", a.better, {"lower", "higher"});
    io("unit", a.unit);
  }
};

template <>
struct Fields<decision::Frontier> {
  static void visit(auto& io, decision::Frontier& f) {
    io("axes", f.axes);
    io("options", f.options);
  }
};

template <>
struct Fields<decision::Figure> {
  static void visit(auto& io, decision::Figure& f) {
    io("name", f.name);
    io("value", f.value);
    io("unit", f.unit);
  }
};

template <>
struct Fields<decision::Series> {
  static void visit(auto& io, decision::Series& s) {
    io("name", s.name);
    io("x", s.x);
    io("y", s.y);
  }
};

template <>
struct Fields<decision::Curve> {
  static void visit(auto& io, decision::Curve& c) {
    io("title", c.title);
    io.choice("shape", c.shape, {"line", "points", "bars", "ring"});
    io("x", c.x);
    io("y", c.y);
    io("axes", c.axes);
    io("series", c.series);
  }
};

template <>
struct Fields<decision::Table> {
  static void visit(auto& io, decision::Table& t) {
    io("alignment", t.alignment);
    io("rows", t.rows);
  }
};

template <>
struct Fields<decision::Answer> {
  static void visit(auto& io, decision::Answer& a) {
    io("section", a.section);
    io("figures", a.figures);
    io("sentences", a.sentences);
    io("table", a.table);
    io("curves", a.curves);
    io("of", a.of);
    io("passes", a.passes);
  }
};

template <>
struct Fields<decision::Answers> {
  static void visit(auto& io, decision::Answers& a) {
    io("gates", a.gates);
    io("matrix", a.matrix);
    io("frontier", a.frontier);
    io("sections", a.sections);
  }
};

}  // namespace reports
