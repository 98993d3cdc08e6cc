/* The page that says, in plain words, what is kept about a child. */
#ifndef DOMAIN_PRIVACY_H
#define DOMAIN_PRIVACY_H

#include "policy/house.h"

extern look_fn look_privacy;

#endif
