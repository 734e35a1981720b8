/* Layouts made up for the tests: every kind of field, and kinds within kinds. */
#ifndef TESTS_WIRE_SAMPLES_H
#define TESTS_WIRE_SAMPLES_H

#include "wire/wire.h"

/* As in [MS-OXCROPS] 2.2.5.1.1 and 2.2.4.1.1: what the interpreter was made for. */
#define SET_COLUMNS(F, T)                                                                                    \
	F(T, U8, flags)                                                                                      \
	F(T, ARRAY, columns, 2, column)
#define COLUMN(F, T) F(T, U32, tag)
#define OPEN_FOLDER(F, T)                                                                                    \
	F(T, U8, handle)                                                                                     \
	F(T, U64, folder)                                                                                    \
	F(T, U8, mode)

#define SCALARS(F, T)                                                                                        \
	F(T, U8, a)                                                                                          \
	F(T, U16, b)                                                                                         \
	F(T, U32, c)                                                                                         \
	F(T, U64, d)                                                                                         \
	F(T, GUID, e)                                                                                        \
	F(T, FIXED, f, 3)

#define TEXTS(F, T)                                                                                          \
	F(T, STR8, narrow)                                                                                   \
	F(T, STR16, wide)                                                                                    \
	F(T, BYTES, one, 1)                                                                                  \
	F(T, BYTES, two, 2)                                                                                  \
	F(T, BYTES, four, 4)                                                                                 \
	F(T, BYTES, any, WIRE_COUNT)

#define LISTS(F, T)                                                                                          \
	F(T, U8, how_many)                                                                                   \
	F(T, U8, between)                                                                                    \
	F(T, COUNTED, counted, how_many, column)                                                             \
	F(T, NUMBERS, halves, 1, 16)                                                                         \
	F(T, NUMBERS, words, 2, 32)                                                                          \
	F(T, NUMBERS, longs, WIRE_COUNT, 64)                                                                 \
	F(T, ARRAY, texts, 4, texts)

/* The length counts what is inside, and the structure inside takes the rest of it. */
#define TAIL(F, T)                                                                                           \
	F(T, U16, head)                                                                                      \
	F(T, REST, tail)
#define WINDOWS(F, T)                                                                                        \
	F(T, SIZED, first, 1, tail)                                                                          \
	F(T, SIZED_REF, second, 2, scalars)                                                                  \
	F(T, STRUCT, in_place, column)                                                                       \
	F(T, SIZED, third, WIRE_COUNT, tail)

#define CHOICES(F, T)                                                                                        \
	F(T, U8, kind)                                                                                       \
	F(T, U16, flags)                                                                                     \
	F(T, WHEN, kind, 1, U32, number)                                                                     \
	F(T, WHEN, kind, 2, STR8, name)                                                                      \
	F(T, WHEN_ANY, flags, 0x8001, U16, some)                                                             \
	F(T, WHEN_NONE, flags, 0x8001, ARRAY, others, 1, column)                                             \
	F(T, U32, shape)                                                                                     \
	F(T, UNION, of, shape, shapes, 0)
#define SHAPES(A, N)                                                                                         \
	A(N, ARM, 1, scalars, scalars)                                                                       \
	A(N, ALSO, 2, scalars, scalars)                                                                      \
	A(N, NONE, 3)                                                                                        \
	A(N, ARM, 0x10000, texts, texts)

/* A union that takes any value, within what contains itself. */
#define LEAF(F, T) F(T, U16, value)
#define PAIR(F, T)                                                                                           \
	F(T, REF, left, tree, 1)                                                                             \
	F(T, REF, right, tree, 1)
#define BRANCH(F, T) F(T, ARRAY, all, 1, tree)
#define TREE(F, T)                                                                                           \
	F(T, U8, kind)                                                                                       \
	F(T, UNION, u, kind, tree_arms, 0)
#define TREE_ARMS(A, N)                                                                                      \
	A(N, ARM, 1, pair, pair)                                                                             \
	A(N, ARM, 2, branch, branch)                                                                         \
	A(N, OTHER, leaf, leaf)

/* A number in base 128, most significant part last: what no other kind can do. */
extern const struct wire_custom varint_custom;
#define CUSTOMS(F, T)                                                                                        \
	F(T, U8, has)                                                                                        \
	F(T, WHEN_ANY, has, 1, CUSTOM, v, uint32_t, varint_custom, 1)

#define NOTHING(F, T)

WIRE_DECLARE(column, COLUMN)
WIRE_DECLARE(set_columns, SET_COLUMNS)
WIRE_DECLARE(open_folder, OPEN_FOLDER)
WIRE_DECLARE(scalars, SCALARS)
WIRE_DECLARE(texts, TEXTS)
WIRE_DECLARE(lists, LISTS)
WIRE_DECLARE(tail, TAIL)
WIRE_DECLARE(windows, WINDOWS)
WIRE_UNION_DECLARE(shapes, SHAPES)
WIRE_DECLARE(choices, CHOICES)
WIRE_DECLARE(leaf, LEAF)
WIRE_DECLARE(pair, PAIR)
WIRE_DECLARE(branch, BRANCH)
WIRE_UNION_DECLARE(tree_arms, TREE_ARMS)
WIRE_DECLARE(tree, TREE)
WIRE_DECLARE(customs, CUSTOMS)
WIRE_DECLARE(nothing, NOTHING)

extern const struct wire_type *const sample_wire_types[];

#endif
