#!/usr/bin/env node
import './cli/require-node';
import { createProgram } from './cli/program';

void createProgram().parseAsync();
